/** The difference between two values, path by path. Pure. */
import { diffOfPolicies, isPolicy } from './policy-diff';
import { canonical, Document, Masked, Unknown, type Redacted } from './redacted';
import { added, changed, context, diffOfTexts, indented, removed, visible, type DiffLine } from './text-lines';
import { isEmpty, isMap, isSame, UNKNOWN, valueText } from './value-text';

/** Values up to this length are on one line with their path. */
const SHORT = 48;

/** A long text that is added or removed is shown to this many lines. */
const WHOLE_TEXT = 40;

/** @param path of the value: `ingress[0].from_port`, `container_definitions[api].image` */
export function diffOfValues(path: string, before: Redacted | undefined, after: Redacted | undefined): readonly DiffLine[] {
  if (isSame(before, after)) return [];
  if (after instanceof Unknown) return diffWithUnknown(path, before, after);
  if (isPolicy(before) || isPolicy(after)) {
    const lines = diffOfPolicies(before, after);
    if (lines !== undefined) return [context(`${path}: (policy)`), ...indented(lines)];
  }
  const [one, other] = [contentOf(before), contentOf(after)];
  if (isMap(one) || isMap(other)) {
    if ((isMap(one) || isEmpty(one)) && (isMap(other) || isEmpty(other))) return diffOfMaps(path, mapOf(one), mapOf(other));
  }
  if (Array.isArray(one) || Array.isArray(other)) {
    if ((Array.isArray(one) || isEmpty(one)) && (Array.isArray(other) || isEmpty(other)))
      return diffOfLists(path, listOf(one), listOf(other));
  }
  if (isText(one) || isText(other)) {
    if (typeof one === 'string' && typeof other === 'string') return [context(`${path}:`), ...indented(diffOfTexts(one, other))];
    if (isEmpty(one) && typeof other === 'string') return wholeText(path, other, added);
    if (isEmpty(other) && typeof one === 'string') return wholeText(path, one, removed);
  }
  return scalars(path, before, after);
}

/** A value whose expression is configured is compared with it. */
function diffWithUnknown(path: string, before: Redacted | undefined, after: Unknown): readonly DiffLine[] {
  const { configured } = after;
  const isStructured = isMap(configured) || Array.isArray(configured) || configured instanceof Document;
  if (configured === undefined || !isStructured) return scalars(path, before, after);
  // One block is configured as an object or as a list of one.
  const expression = Array.isArray(before) && isMap(configured) ? [configured] : configured;
  const lines = diffOfValues(path, before, expression);
  if (lines.length === 0) return scalars(path, before, new Unknown(undefined));
  const note = `${UNKNOWN.slice(1, -1)}; as configured`;
  const [first, ...rest] = lines;
  if (isPolicy(expression) && first?.mark === ' ') return [context(`${path}: (policy, ${note})`), ...rest];
  return [context(`${path}: (${note})`), ...indented(lines)];
}

const contentOf = (value: Redacted | undefined): Redacted | undefined => (value instanceof Document ? value.content : value);
const mapOf = (value: Redacted | undefined) => (isMap(value) ? value : {});
const listOf = (value: Redacted | undefined) => (Array.isArray(value) ? (value as readonly Redacted[]) : []);
const isText = (value: Redacted | undefined): boolean => typeof value === 'string' && value.trimEnd().includes('\n');

function scalars(path: string, before: Redacted | undefined, after: Redacted | undefined): readonly DiffLine[] {
  const [one, other] = [valueText(before), valueText(after)];
  if (isEmpty(before)) return [added(`${path} = ${other}`)];
  if (isEmpty(after)) return [removed(`${path} = ${one}`)];
  // Two masked values that differ look the same.
  if (before instanceof Masked && after instanceof Masked) return [changed(`${path}: ${one}, changes`)];
  if (one.length <= SHORT && other.length <= SHORT) return [changed(`${path}: ${one} → ${other}`)];
  return [context(`${path}:`), ...indented([removed(one), added(other)])];
}

function wholeText(path: string, text: string, line: (text: string) => DiffLine): readonly DiffLine[] {
  const lines = text.trimEnd().split('\n');
  const rest = lines.length - WHOLE_TEXT;
  return [
    line(`${path} =`),
    ...indented(lines.slice(0, WHOLE_TEXT).map((one) => line(visible(one)))),
    ...(rest > 0 ? indented([context(`… ${rest} more lines`)]) : []),
  ];
}

function diffOfMaps(
  path: string,
  before: Readonly<Record<string, Redacted>>,
  after: Readonly<Record<string, Redacted>>,
): readonly DiffLine[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .flatMap((key) => diffOfValues(pathTo(path, key), before[key], after[key]));
}

function pathTo(path: string, key: string): string {
  const part = /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `[${visible(JSON.stringify(key))}]`;
  return path === '' ? part.replace(/^\./, '') : `${path}${part}`;
}

function diffOfLists(path: string, before: readonly Redacted[], after: readonly Redacted[]): readonly DiffLine[] {
  const every = [...before, ...after];
  if (every.every(isScalar)) return diffOfScalarLists(path, before, after);
  const key = KEYS.find((name) => isKeyOf(name, before) && isKeyOf(name, after));
  return key === undefined ? diffByContent(path, before, after) : diffByKey(path, key, before, after);
}

function isScalar(value: Redacted): boolean {
  return !isMap(value) && !Array.isArray(value) && !(value instanceof Document);
}

/** Elements that were added and removed; for the same ones in another order, both orders. */
function diffOfScalarLists(path: string, before: readonly Redacted[], after: readonly Redacted[]): readonly DiffLine[] {
  const gone = without(before, after);
  const come = without(after, before);
  if (gone.length === 0 && come.length === 0)
    return [context(`${path}: (another order)`), ...indented([removed(plainList(before)), added(plainList(after))])];
  if (before.length === 0 || after.length === 0) {
    const text = plainList(before.length === 0 ? after : before);
    if (text.length <= 2 * SHORT) return [before.length === 0 ? added(`${path} = ${text}`) : removed(`${path} = ${text}`)];
  }
  return [
    context(`${path}:`),
    ...indented([...gone.map((value) => removed(valueText(value))), ...come.map((value) => added(valueText(value)))]),
  ];
}

const plainList = (values: readonly Redacted[]): string => `[${values.map(valueText).join(', ')}]`;

function without(values: readonly Redacted[], others: readonly Redacted[]): readonly Redacted[] {
  const left = [...others];
  return values.filter((value) => {
    const index = left.findIndex((other) => isSame(value, other));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** Attributes by which the elements of a list are known, best first. */
const KEYS = ['name', 'Name', 'key', 'Key', 'id', 'sid', 'rule_name', 'containerPort', 'priority', 'alias'] as const;

function isKeyOf(name: string, values: readonly Redacted[]): boolean {
  const keys = values.map((value) => (isMap(value) ? value[name] : undefined));
  return keys.every((key) => typeof key === 'string' || typeof key === 'number') && new Set(keys).size === keys.length;
}

function diffByKey(path: string, key: string, before: readonly Redacted[], after: readonly Redacted[]): readonly DiffLine[] {
  const byKey = (values: readonly Redacted[]) =>
    new Map(values.flatMap((value) => (isMap(value) ? [[label(value[key]), value]] : [])));
  const [one, other] = [byKey(before), byKey(after)];
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) => {
    const [earlier, later] = [one.get(name), other.get(name)];
    // A pair of name and value is a variable.
    if (isPair(key, earlier) && isPair(key, later))
      return diffOfValues(`${path}[${name}]`, valueOfPair(key, earlier), valueOfPair(key, later));
    return diffOfValues(`${path}[${name}]`, withoutKey(key, earlier), withoutKey(key, later));
  });
}

/** Keys are texts or numbers. */
const label = (value: Redacted | undefined): string => (typeof value === 'string' ? visible(value) : JSON.stringify(value));

type Element = Readonly<Record<string, Redacted>> | undefined;

const othersOf = (key: string, element: Element): readonly string[] => Object.keys(element ?? {}).filter((name) => name !== key);

/** Whether an element has a name and a value and nothing else; one that does not exist counts. */
function isPair(key: string, element: Element): boolean {
  const others = othersOf(key, element);
  return element === undefined || (others.length === 1 && /^value(From)?$/i.test(others[0] ?? ''));
}

function valueOfPair(key: string, element: Element): Redacted | undefined {
  return element?.[othersOf(key, element)[0] ?? ''];
}

function withoutKey(key: string, element: Readonly<Record<string, Redacted>> | undefined): Redacted | undefined {
  if (element === undefined) return undefined;
  const { [key]: _key, ...rest } = element;
  // An element with nothing but its key is still one.
  return isEmpty(rest) ? { [key]: element[key] ?? null } : rest;
}

/** Equal elements are left out; of the others, the most similar ones are compared. */
function diffByContent(path: string, before: readonly Redacted[], after: readonly Redacted[]): readonly DiffLine[] {
  if (before.length === after.length && before.length === 1) return diffOfValues(`${path}[0]`, before[0], after[0]);
  const gone = without(before, after);
  const come = [...without(after, before)];
  if (gone.length === 0 && come.length === 0) return [changed(`${path}: (another order)`)];
  const pairs = gone.map((element): readonly [Redacted, Redacted | undefined] => {
    const best = come.map((other) => similarity(element, other)).reduce((max, one) => Math.max(max, one), 0);
    const index = best < 0.4 ? -1 : come.findIndex((other) => similarity(element, other) === best);
    return [element, index < 0 ? undefined : come.splice(index, 1)[0]];
  });
  const place = (value: Redacted, values: readonly Redacted[]): string => `${path}[${values.indexOf(value)}]`;
  return [
    ...pairs.flatMap(([element, other]) => diffOfValues(place(element, before), element, other)),
    ...come.flatMap((element) => diffOfValues(place(element, after), undefined, element)),
  ];
}

/** The share of attributes that are equal, from 0 to 1. */
export function similarity(one: Redacted, other: Redacted): number {
  if (!isMap(one) || !isMap(other)) return canonical(one) === canonical(other) ? 1 : 0;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (key) => !isEmpty(one[key]) || !isEmpty(other[key]),
  );
  if (keys.length === 0) return 1;
  return keys.filter((key) => isSame(one[key], other[key])).length / keys.length;
}
