/** What is wrong with the comments of fields: the test of the reference expects nothing. */
import { createContext, runInContext } from 'node:vm';
import { flatten, type Field } from '../../../src/commands/docs/reference/fields';
import { tagged } from '../../../src/commands/docs/reference/markdown';
import { isNumeric, literal } from '../../../src/commands/docs/reference/values';

const TAGS = ['unit', 'default', 'price', 'danger', 'example'];

/** A figure, and the price list, region and month that it is from. */
const PRICE = /\$\d[^(]*\([^()]+, (?:us-east-1|global), 20\d\d-\d\d\)/;

/** Words of an older dialect, for which docs/glossary.md has better ones. */
const DIALECT =
  /\b(?:nobody|somebody|whoever|beside|stands?|lies|hands on|for ever|bears?|anew|cannot be had|in the place of)\b/i;

/** One line for each problem: the path, and what is wrong. */
export function commentProblems(fields: readonly Field[]): readonly string[] {
  const declared = new Map(flatten(fields).map((field) => [field.place, field]));
  return [...declared.values()].flatMap((field) =>
    [...textProblems(field), ...unitProblems(field), ...defaultProblems(field), ...exampleProblems(field)].map(
      (problem) => `${field.path}: ${problem}`,
    ),
  );
}

function textProblems(field: Field): readonly string[] {
  const { text = '', tags = [] } = field.comment ?? {};
  const sentences = text
    .replace(/`[^`]*`/g, '')
    .split(/[.!?](?:\s|$)/)
    .filter(Boolean).length;
  const everything = [text, ...tags.filter(({ name }) => name !== 'example').map((tag) => tag.text)].join(' ');
  return [
    ...(text === '' ? ['has no text'] : []),
    ...(sentences > 4 ? [`has ${sentences} sentences`] : []),
    ...tags.filter(({ name }) => !TAGS.includes(name)).map(({ name }) => `has the unknown tag @${name}`),
    ...tags.filter((tag) => tag.text === '').map(({ name }) => `has an empty @${name}`),
    ...(/[<>]/.test(everything.replace(/`[^`]*`/g, '')) ? ['has an angle bracket outside code'] : []),
    ...(DIALECT.test(everything) ? [`says "${DIALECT.exec(everything)?.[0]}"`] : []),
    ...tagged(field, 'price').flatMap((price) => (PRICE.test(price) ? [] : ['has a price without figure, source and month'])),
  ];
}

function unitProblems(field: Field): readonly string[] {
  const units = tagged(field, 'unit').length;
  if (isNumeric(field.schema)) return units === 1 ? [] : ['is a number without @unit'];
  return units === 0 ? [] : ['has a @unit, but is no number'];
}

/** What the schema fills in is written the same way in the comment; what it leaves out is said in words. */
function defaultProblems(field: Field): readonly string[] {
  const texts = tagged(field, 'default');
  const [text] = texts;
  if (field.required) return texts.length === 0 ? [] : ['is required, but has a @default'];
  if (text === undefined || texts.length > 1) return [`has ${texts.length} @default`];
  const expected = field.default === undefined ? undefined : literal(field.default.value);
  const written = valueOf(text);
  if (expected === undefined) return written === undefined ? [] : [`has @default ${text}, but the schema has none`];
  return written !== undefined && literal(written.value) === expected ? [] : [`has @default ${text} instead of ${expected}`];
}

function exampleProblems(field: Field): readonly string[] {
  return tagged(field, 'example').flatMap((example) => {
    const written = valueOf(example);
    if (written === undefined) return [`has an @example that is no value: ${example}`];
    const { success } = (field.schema as unknown as { safeParse(value: unknown): { success: boolean } }).safeParse(written.value);
    return success ? [] : [`has an @example that is refused: ${example}`];
  });
}

const EMPTY = createContext({});

/** The value that a text writes; undefined for words, which may begin with a name in backticks. */
function valueOf(text: string): { readonly value: unknown } | undefined {
  if (text.startsWith('`')) return undefined;
  try {
    return JSON.parse(JSON.stringify({ value: runInContext(`(${text})`, EMPTY) as unknown })) as { value: unknown };
  } catch {
    return undefined;
  }
}
