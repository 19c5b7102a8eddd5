/**
 * Values of Terraform JSON as HCL expressions. Pure.
 *
 * A string in Terraform JSON is a template: `${…}` and `%{…}` in it are expressions, everything else is literal text.
 * A quoted HCL template needs the text escaped and the expressions unchanged.
 */

/** A piece of a template: plain text, or an expression with its braces. */
interface Piece {
  readonly kind: 'text' | 'expression';
  readonly source: string;
}

/** Any JSON value as an expression: objects and lists become maps and tuples. */
export function expression(value: unknown): string {
  if (typeof value === 'string') return template(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return list(value.map(expression));
  const entries = Object.entries(value).map(([name, inner]) => `${mapKey(name)} = ${expression(inner)}`);
  return entries.length === 0 ? '{}' : `{\n${indent(entries.join('\n'))}\n}`;
}

/** A list of references as `depends_on` and `ignore_changes` require them: bare, not as strings. */
export function references(value: unknown): string {
  return Array.isArray(value) ? list(value.map((inner) => bare(String(inner)))) : bare(String(value));
}

/** Indents a block's body. Quoted templates never contain a line break, so their content is unchanged. */
export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

/** A name that HCL can write before `=`; undefined when it is not an identifier. */
export function attributeName(name: string): string | undefined {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? name : undefined;
}

/** A bare `for` as the first key would begin a for-expression. */
function mapKey(name: string): string {
  return name === 'for' ? '"for"' : (attributeName(name) ?? template(name, 'quoted'));
}

function bare(reference: string): string {
  return /^\$\{(.*)\}$/s.exec(reference)?.[1] ?? reference;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '[]' : `[\n${indent(items.map((item) => `${item},`).join('\n'))}\n]`;
}

/** A string as a quoted template, or as a bare expression when it contains nothing else. */
function template(text: string, style: 'quoted' | 'shortest' = 'shortest'): string {
  const pieces = split(text);
  const [only] = pieces;
  if (style === 'shortest' && pieces.length === 1 && only?.kind === 'expression' && only.source.startsWith('${')) {
    return only.source.slice(2, -1).trim();
  }
  return `"${pieces.map(({ kind, source }) => (kind === 'text' ? escape(source) : source)).join('')}"`;
}

function escape(text: string): string {
  return text.replace(/[\\"\u0000-\u001f\u007f]/g, (character) => {
    const short = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
    return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Splits a template into text and expressions; `$${` and `%%{` are escapes of `${` and `%{`. */
function split(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let at = 0;
  while (at < text.length) {
    if (isEscapedStart(text, at)) {
      at += 3;
    } else if (isStart(text, at)) {
      const end = endOfExpression(text, at + 2);
      if (at > from) pieces.push({ kind: 'text', source: text.slice(from, at) });
      pieces.push({ kind: 'expression', source: text.slice(at, end) });
      from = at = end;
    } else {
      at += 1;
    }
  }
  if (from < text.length) pieces.push({ kind: 'text', source: text.slice(from) });
  return pieces;
}

function isStart(text: string, at: number): boolean {
  return text[at + 1] === '{' && (text[at] === '$' || text[at] === '%');
}

function isEscapedStart(text: string, at: number): boolean {
  return text[at] === text[at + 1] && isStart(text, at + 1);
}

/** The position after the closing brace of an expression whose content starts at `at`; strings in it may contain braces. */
function endOfExpression(text: string, at: number): number {
  let depth = 1;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      at = endOfString(text, at + 1);
      continue;
    }
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  throw new Error(`unclosed expression in ${JSON.stringify(text)}`);
}

function endOfString(text: string, at: number): number {
  while (at < text.length) {
    if (text[at] === '\\') at += 2;
    else if (isEscapedStart(text, at)) at += 3;
    else if (isStart(text, at)) at = endOfExpression(text, at + 2);
    else if (text[at] === '"') return at + 1;
    else at += 1;
  }
  throw new Error(`unclosed string in ${JSON.stringify(text)}`);
}
