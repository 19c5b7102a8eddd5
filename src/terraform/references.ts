/** The references in the strings of a module: what they are replaced by where their targets are taken out. Pure. */
import { isObject, mapStrings } from './root-module';

/** What an expression refers to: `data.aws_lb.ingress.dns_name`. */
export interface Reference {
  /** `data.aws_lb.ingress`, `aws_vpc.main` */
  readonly address: string;
  readonly section: 'resource' | 'data' | 'ephemeral';
  readonly type: string;
  readonly name: string;
  /** What follows the address: `.outputs.vpc_id`, `.vpc_config[0].id`; empty for the whole block. */
  readonly path: string;
}

/** The expression that replaces a reference; undefined where it stays. */
export type Replacement = (reference: Reference) => string | undefined;

const ADDRESS = /((?:data\.|ephemeral\.)?)([a-z][a-z0-9]*_[a-z0-9_]+)\.([A-Za-z_][A-Za-z0-9_-]*)/;
const PATH = /((?:\.[A-Za-z0-9_-]+|\[[^\]]*\])*)/;

const REFERENCE = new RegExp(`(?<![A-Za-z0-9_.-])${ADDRESS.source}${PATH.source}`, 'g');
const WHOLE_REFERENCE = new RegExp(`^${ADDRESS.source}${PATH.source}$`);

function referenceOf(prefix: string, type: string, name: string, path: string): Reference {
  const section = prefix === '' ? 'resource' : prefix === 'data.' ? 'data' : 'ephemeral';
  return { address: `${prefix}${type}.${name}`, section, type, name, path };
}

/** An expression that is one reference and nothing else; undefined for any other. */
export function parseReference(expression: string): Reference | undefined {
  const [whole, prefix = '', type = '', name = '', path = ''] = WHOLE_REFERENCE.exec(expression.trim()) ?? [];
  return whole === undefined ? undefined : referenceOf(prefix, type, name, path);
}

/** Every reference in the expressions of a value. */
export function referencesIn(value: unknown): readonly Reference[] {
  const found: Reference[] = [];
  replaceReferences(value, (reference) => {
    found.push(reference);
    return undefined;
  });
  return found;
}

/** A copy in which references are replaced, inside of `${…}` and `%{…}` only: elsewhere the same text is not a reference. */
export function replaceReferences(value: unknown, replace: Replacement): unknown {
  return mapStrings(value, (text) => mapExpressions(text, (expression) => replacedIn(expression, replace)));
}

/** What replaces one expression with its braces. */
function replacedIn(expression: string, replace: Replacement): string {
  const changed = expression.replace(REFERENCE, (whole, prefix: string, type: string, name: string, path: string) => {
    return replace(referenceOf(prefix, type, name, path)) ?? whole;
  });
  const plain = changed === expression ? undefined : /^"([^"\\$%]*)"$/.exec(changed)?.[1];
  return plain ?? `\${${changed}}`;
}

/**
 * The text with each of its outermost expressions exchanged.
 * @param change receives an expression without its braces, and returns the text in place of it and of the braces
 */
export function mapExpressions(text: string, change: (expression: string) => string): string {
  if (!/[$%]\{/.test(text)) return text;
  let result = '';
  for (let at = 0; at < text.length;) {
    const start = text.slice(at, at + 3);
    if (start === '$${' || start === '%%{') {
      result += start;
      at += 3;
    } else if (start.startsWith('${') || start.startsWith('%{')) {
      const end = endOfExpression(text, at + 2);
      const changed = change(text.slice(at + 2, end));
      result += start.startsWith('%') ? changed.replace(/^\$/, '%') : changed;
      at = end + 1;
    } else {
      result += text.charAt(at);
      at += 1;
    }
  }
  return result;
}

/** The index of the brace that closes an expression; the end of the text without one. */
function endOfExpression(text: string, from: number): number {
  let depth = 1;
  let isQuoted = false;
  // In a quoted template, an expression begins a deeper level in which quotes count anew.
  const outer: boolean[] = [];
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isQuoted && character === '\\') at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === '{' && (!isQuoted || text.charAt(at - 1) === '$')) {
      depth += 1;
      outer.push(isQuoted);
      isQuoted = false;
    } else if (character === '}' && !isQuoted) {
      depth -= 1;
      if (depth === 0) return at;
      isQuoted = outer.pop() ?? false;
    }
  }
  return text.length;
}

/** Lists of bare addresses, which Terraform reads as references. */
const BARE = new Set(['depends_on', 'replace_triggered_by']);

/** A copy whose `depends_on` and `replace_triggered_by` name none of the addresses. */
export function withoutDependencies(value: unknown, isGone: (address: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((inner) => withoutDependencies(inner, isGone));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    BARE.has(name) && Array.isArray(inner)
      ? inner.filter((address) => !isGone(addressIn(String(address))))
      : withoutDependencies(inner, isGone),
  ]);
  return Object.fromEntries(entries) as unknown;
}

function addressIn(text: string): string {
  const [, prefix = '', type = '', name = ''] = ADDRESS.exec(text) ?? [];
  return `${prefix}${type}.${name}`;
}

/** A value as an expression: `"text"`, `["one", "two"]`. */
export function literalExpression(value: unknown): string {
  return JSON.stringify(value).replace(/[$%](?=\{)/g, '$&$&');
}
