/** A value on one line. Pure. */
import { canonical, Document, Masked, Unknown, type Redacted } from './redacted';
import { MASK } from './secret-values';
import { cut, visible } from './text-lines';

export const SENSITIVE = '(sensitive)';
export const UNKNOWN = '(known after apply)';

/** A value as HCL would write it, on one line, cut when it is long. */
export function valueText(value: Redacted | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (value instanceof Masked) return value.sensitive ? SENSITIVE : MASK;
  if (value instanceof Unknown)
    return value.configured === undefined ? UNKNOWN : `${UNKNOWN.slice(0, -1)}: ${bare(value.configured)})`;
  if (value instanceof Document) return cut(visible(value.text ?? plain(value.content)));
  if (typeof value === 'string') return cut(visible(JSON.stringify(value)));
  if (typeof value !== 'object') return String(value);
  return cut(visible(plain(value)));
}

/** An expression without quotes. */
function bare(value: Redacted): string {
  return typeof value === 'string' ? cut(visible(value)) : valueText(value);
}

function plain(value: Redacted): string {
  if (Array.isArray(value)) return `[${(value as readonly Redacted[]).map(plain).join(', ')}]`;
  if (value instanceof Masked || value instanceof Unknown) return valueText(value);
  if (value instanceof Document) return JSON.stringify(value.text ?? plain(value.content));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value as Readonly<Record<string, Redacted>>);
  return `{${entries.map(([name, inner]) => `${name}: ${plain(inner)}`).join(', ')}}`;
}

/** Whether nothing is set: providers write null, an empty text and an empty list for it. */
export function isEmpty(value: Redacted | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (value instanceof Masked || value instanceof Unknown || value instanceof Document) return false;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

export function isSame(one: Redacted | undefined, other: Redacted | undefined): boolean {
  if (isEmpty(one) && isEmpty(other)) return true;
  if (one instanceof Masked || other instanceof Masked) return one instanceof Masked && one.equals(other);
  if (one instanceof Document && other instanceof Document) return isSame(one.content, other.content);
  if (one instanceof Unknown || other instanceof Unknown) return false;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, index) => isSame(value as Redacted, other[index] as Redacted));
  if (isMap(one) && isMap(other))
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => isSame(one[key], other[key]));
  return canonical(one) === canonical(other);
}

export function isMap(value: Redacted | undefined): value is Readonly<Record<string, Redacted>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Masked || value instanceof Unknown || value instanceof Document)
  );
}
