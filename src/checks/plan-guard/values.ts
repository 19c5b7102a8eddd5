/** Reading attributes of a change: nested blocks, and values that are known only after the apply. Pure. */
import { elementsOf, isObject, nestedBlocks } from '../../terraform/root-module';
import type { Attributes } from './configuration';

/**
 * The value at a path such as `versioning_configuration.status`, through nested blocks. Several blocks give the list of their
 * values; undefined when nothing is there.
 */
export function valueAt(attributes: Attributes | undefined, path: string): unknown {
  const [last = path, ...outer] = path.split('.').reverse();
  let blocks = attributes === undefined ? [] : [attributes];
  for (const name of outer.reverse()) blocks = blocks.flatMap((block) => [...nestedBlocks(block[name])]);
  const values = blocks.map((block) => block[last]).filter((value) => value !== null && value !== undefined);
  return values.length > 1 ? values : values[0];
}

/**
 * The attributes after a change, where everything that is known only after the apply is assumed to stay as it is: what is worse
 * even then, is worse.
 */
export function assumeUnchanged(before: unknown, after: unknown, unknown: unknown): unknown {
  if (unknown === true) return before;
  if (Array.isArray(unknown)) {
    const earlier = elementsOf(before);
    const later = elementsOf(after);
    return Array.from({ length: Math.max(later.length, unknown.length) }, (_, index) =>
      assumeUnchanged(earlier[index], later[index], unknown[index]),
    );
  }
  if (!isObject(unknown)) return after;
  const names = new Set([...Object.keys(isObject(after) ? after : {}), ...Object.keys(unknown)]);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      assumeUnchanged(
        isObject(before) ? before[name] : undefined,
        isObject(after) ? after[name] : undefined,
        name in unknown ? unknown[name] : undefined,
      ),
    ]),
  );
}

/** The strings of a list, or the one string. */
export function stringsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter((entry) => typeof entry === 'string');
}

/** What an attribute without a value holds: Terraform writes null, an empty text, an empty list or an empty block. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === false) return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}
