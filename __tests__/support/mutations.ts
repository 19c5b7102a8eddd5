/** Changes of single values of a description: what slips of the hand, copied texts and other programs put there. */

type Json = any;

/** A description with one change. */
export interface Mutant {
  /** Where and what, for messages and to run it again. */
  readonly name: string;
  readonly input: Json;
}

type Path = readonly (string | number)[];

/** What no field is. */
const FOREIGN: Readonly<Record<string, unknown>> = { null: null, object: {}, list: [], true: true, nothing: undefined };

const TEXTS: Readonly<Record<string, (text: string) => unknown>> = {
  empty: () => '',
  blank: () => '  ',
  padded: (text) => ` ${text} `,
  'upper case': (text) => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()),
  long: (text) => `${text}${'x'.repeat(300)}`,
  huge: () => 'x'.repeat(70_000),
  doubled: (text) => `${text}${text}`,
  'with a hyphen': (text) => `${text}-`,
  template: (text) => `${text}\${file("/etc/hostname")}`,
  directive: (text) => `${text}%{if true}x%{endif}`,
  token: (text) => `${text}\${TfToken[TOKEN.1]}`,
  unicode: (text) => `${text}ü🦆`,
  quotes: (text) => `${text}"'\\\``,
  lines: (text) => `${text}\nx`,
  parent: (text) => `${text}/../..`,
  number: () => 7,
};

const NUMBERS: Readonly<Record<string, (value: number) => unknown>> = {
  negative: () => -1,
  zero: () => 0,
  'one more': (value) => value + 1,
  fraction: (value) => value + 0.5,
  thousandfold: (value) => value * 1000,
  beyond: () => 1e21,
  'not a number': () => NaN,
  infinite: () => Infinity,
  text: String,
};

const NAMES: Readonly<Record<string, (name: string) => string>> = {
  'no name': () => '',
  capitals: (name) => name.toUpperCase(),
  'two hyphens': (name) => `${name}--x`,
  'a long name': (name) => `${name}${'x'.repeat(60)}`,
  'the longest name': (name) => name.padEnd(30, 'x').slice(0, 30),
  template: () => '${x}',
  ['__proto__']: () => '__proto__',
  'another name': (name) => `${name}-x`,
};

/** Every mutant of a description, in a fixed order. */
export function* mutantsOf(input: Json): Generator<Mutant> {
  for (const path of placesOf(input)) {
    for (const [name, replacement] of replacementsOf(path.reduce((value: Json, step) => value[step], input))) {
      yield { name: `${path.join('.')}: ${name}`, input: replaced(input, path, () => replacement) };
    }
    yield* changesOfName(input, path);
  }
}

/** Every value below the description itself. */
function placesOf(value: Json, path: Path = []): readonly Path[] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return below.flatMap(([name, inner]) => {
    const at = [...path, Array.isArray(value) ? Number(name) : name];
    return [at, ...placesOf(inner, at)];
  });
}

function replacementsOf(value: unknown): readonly (readonly [string, unknown])[] {
  const own = ((): readonly (readonly [string, unknown])[] => {
    if (typeof value === 'string') return Object.entries(TEXTS).map(([name, change]) => [name, change(value)]);
    if (typeof value === 'number') return Object.entries(NUMBERS).map(([name, change]) => [name, change(value)]);
    if (typeof value === 'boolean')
      return [
        ['the opposite', !value],
        ['text', String(value)],
      ];
    if (Array.isArray(value))
      return [
        ['an entry twice', [...value, value[0]]],
        ['text', 'x'],
      ];
    return [['text', 'x']];
  })();
  return [...own, ...Object.entries(FOREIGN)];
}

/** The last step of the path gone, renamed, or there twice. */
function* changesOfName(input: Json, path: Path): Generator<Mutant> {
  const last = path.at(-1) as string | number;
  const parent = path.slice(0, -1);
  const change = (name: string, by: (entries: (readonly [string, Json])[]) => (readonly [string, Json])[]): Mutant => ({
    name: `${path.join('.')}: ${name}`,
    input: replaced(input, parent, (value) => Object.fromEntries(by(Object.entries(value as object)))),
  });
  if (typeof last === 'number') {
    yield {
      name: `${path.join('.')}: removed`,
      input: replaced(input, parent, (value) => (value as Json[]).filter((_, index) => index !== last)),
    };
    return;
  }
  yield change('removed', (entries) => entries.filter(([name]) => name !== last));
  for (const [name, rename] of Object.entries(NAMES)) {
    yield change(`${name} instead`, (entries) => entries.map(([key, value]) => [key === last ? rename(key) : key, value]));
  }
  yield change('there twice', (entries) => [...entries, [`${last}-2`, entries.find(([name]) => name === last)?.[1]]]);
}

function replaced(value: Json, [step, ...rest]: Path, by: (value: unknown) => unknown): Json {
  if (step === undefined) return by(value);
  const copy: Json = Array.isArray(value) ? [...value] : { ...value };
  copy[step] = replaced(value[step], rest, by);
  return copy;
}
