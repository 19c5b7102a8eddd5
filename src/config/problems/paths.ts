/** Paths inside an environment in readable form, and the values at them without secrets. Pure. */
import { show, visible } from './problem';

/** `['services', 'api', 'routes', 0, 'paths']` becomes `services.api.routes[0].paths`. */
export function formatPath(segments: readonly PropertyKey[]): string {
  return segments.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    const name = String(segment);
    if (!/^[\p{L}\p{N}_-]*$/u.test(name)) return `${text}[${visible(JSON.stringify(name))}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** The segments of a path in readable form; undefined where it is none, or has characters that are shown as escapes. */
export function parsePath(path: string): readonly (string | number)[] | undefined {
  const segments: (string | number)[] = [];
  const segment = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|(?:^|(?<!^)\.)([\p{L}\p{N}_-]+)/uy;
  while (segment.lastIndex < path.length) {
    const [whole, index, quoted, name] = segment.exec(path) ?? [];
    if (whole === undefined || quoted?.includes('\\u{') === true) return undefined;
    segments.push(index === undefined ? (name ?? (JSON.parse(quoted ?? '""') as string)) : Number(index));
  }
  return segments;
}

/** The value at a path of the input; undefined when there is none. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, segment) =>
      typeof value === 'object' && value !== null ? (value as Readonly<Record<PropertyKey, unknown>>)[segment] : undefined,
    input,
  );
}

/** Names that suggest a secret value. */
const SECRET_NAME = /passw|secret|token|credential|api[-_]?key|private[-_]?key/i;

/** Field names of Terrace that look like one and contain none. */
const OWN_WORDS: ReadonlySet<string> = new Set(['secret', 'secrets', 'secretName', 'secretPath', 'credentials']);

/** Whether the value under this name is kept out of messages. */
function isSecretName(segment: PropertyKey): boolean {
  return typeof segment === 'string' && !OWN_WORDS.has(segment) && SECRET_NAME.test(segment);
}

const HIDDEN = '(not shown)';

/** A received value for a message: shortened, and hidden where a name on the way to it or inside it looks secret. */
export function showReceived(path: readonly PropertyKey[], value: unknown): string {
  if (value === undefined) return 'nothing';
  if (path.some(isSecretName)) return HIDDEN;
  return show(value, (name, inner) => (isSecretName(name) ? HIDDEN : inner));
}
