/** docs/reference: every field is described, what is said agrees with the schema, and the pages are current. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { REFERENCE_PAGES, readReference, type Reference } from '../../../src/commands/docs/reference';
import { EMULATED_EXAMPLE, EXAMPLES, SMALLEST } from '../../../src/commands/docs/reference/examples';
import { fieldsOf, flatten, type Field } from '../../../src/commands/docs/reference/fields';
import { EMULATED_PAGE, PAGES } from '../../../src/commands/docs/reference/outline';
import { loadCompiler } from '../../../src/commands/docs/reference/declarations';
import { SchemaSource } from '../../../src/commands/docs/reference/source';
import { parseEmulated, parseEnvironment } from '../../../src/config';
import { emulatedSchema } from '../../../src/config/schema/emulated';
import { environmentSchema } from '../../../src/config/schema/environment';
import type { Schema } from '../../../src/config/schema/walk';
import { commentProblems } from './comment-problems';
import { badSchema, goodSchema } from './fixtures/schema';

const ROOT = join(__dirname, '../../..');
const FIXTURE = '__tests__/commands/docs/fixtures/schema.ts';

let reference: Reference;
let fixture: (name: string, schema: Schema) => readonly Field[];

beforeAll(async () => {
  reference = await readReference(ROOT);
  const source = new SchemaSource(await loadCompiler(), ROOT);
  fixture = (name, schema) => fieldsOf(source, schema, source.constant(FIXTURE, name));
});

describe('comments of fields', () => {
  test('every field of an environment is described, and what its comment says agrees with the schema', () => {
    expect(commentProblems(reference.environment)).toEqual([]);
    expect(flatten(reference.environment).length).toBeGreaterThan(300);
  });

  test('every field of an emulated environment is described, and what its comment says agrees with the schema', () => {
    expect(commentProblems(reference.emulated)).toEqual([]);
    expect(flatten(reference.emulated).length).toBeGreaterThan(25);
  });

  test('each kind of fault in a comment is found', () => {
    expect(commentProblems(fixture('badSchema', badSchema))).toEqual([
      'withoutText: has no text',
      'withoutUnit: is a number without @unit',
      'withUnit: has a @unit, but is no number',
      "otherDefault: has @default 'other' instead of 'one'",
      'withoutDefault: has 0 @default',
      "inventedDefault: has @default 'none', but the schema has none",
      'requiredWithDefault: is required, but has a @default',
      'refusedExample: has an @example that is refused: 5',
      'unreadableExample: has an @example that is no value: a word',
      'vaguePrice: has a price without figure, source and month',
      'unknownTag: has the unknown tag @since',
      'angleBracket: has an angle bracket outside code',
      'dialect: says "stands"',
    ]);
  });
});

describe('reading the source of a schema', () => {
  test('comments are found through spreads, wrappers, records, loops, unions and extended objects', () => {
    const fields = flatten(fixture('goodSchema', goodSchema));
    expect(commentProblems(fixture('goodSchema', goodSchema))).toEqual([]);
    expect(fields.map(({ path, comment }) => `${path}: ${comment?.text}`)).toEqual([
      'number: A number.',
      'list: A list.',
      'object: An object.',
      'object.spread: A field of several objects.',
      'record: A record.',
      'record.<name>.spread: A field of several objects.',
      'fixed: A record with fixed names.',
      'fixed.<name>.inner: A field of each.',
      'union: A union.',
      'union.kind: The first variant.',
      'union.kind: The second variant.',
      'union.only: Only in the second.',
      'extended: An object made of another.',
      'extended.kept: A field of the base.',
      'extended.added: A field that is added.',
    ]);
  });

  test('fields that are spread into several objects have one place', () => {
    const places = flatten(fixture('goodSchema', goodSchema))
      .filter(({ name }) => name === 'spread')
      .map(({ place }) => place);
    expect(new Set(places).size).toBe(1);
    expect(places[0]).toMatch(/^__tests__\/commands\/docs\/fixtures\/schema\.ts:\d+:\d+$/);
  });

  test('a schema whose source is another one is refused with the path', () => {
    expect(() => fixture('goodSchema', environmentSchema)).toThrow('the source of .system is not found');
  });
});

test('without the TypeScript compiler it is said what to install', async () => {
  await jest.isolateModulesAsync(async () => {
    jest.doMock('typescript', () => {
      throw new Error("Cannot find module 'typescript'");
    });
    const { loadCompiler: load } = await import('../../../src/commands/docs/reference/declarations.ts');
    await expect(load()).rejects.toMatchObject({ name: 'Unavailable', message: expect.stringContaining('npm ci') });
  });
  jest.dontMock('typescript');
});

describe('examples of pages', () => {
  const problemsOf = (parse: () => unknown) => {
    try {
      parse();
      return undefined;
    } catch (error) {
      return error;
    }
  };

  test('the smallest environment is accepted', () => {
    expect(problemsOf(() => parseEnvironment(SMALLEST))).toBeUndefined();
  });

  test.each(Object.entries(EXAMPLES))('the example of %s is accepted when merged into it', (_, example) => {
    expect(problemsOf(() => parseEnvironment({ ...SMALLEST, ...example }))).toBeUndefined();
  });

  test('the example of an emulated environment is accepted', () => {
    expect(problemsOf(() => parseEmulated(EMULATED_EXAMPLE))).toBeUndefined();
  });

  test('every page shows an example of one of its sections', () => {
    for (const { name, sections } of PAGES) {
      expect({
        name,
        shown: Object.keys(EXAMPLES[name] ?? {}).filter((key) => sections.some((section) => section === key)),
      }).toEqual({ name, shown: expect.arrayContaining([expect.any(String)]) });
    }
  });
});

describe('pages', () => {
  test('every section of both schemas is on exactly one page', () => {
    const sections = PAGES.flatMap((page) => page.sections);
    expect([...sections].sort()).toEqual(Object.keys(environmentSchema.shape).sort());
    expect([...EMULATED_PAGE.sections].sort()).toEqual(Object.keys(emulatedSchema.shape).sort());
  });

  test('docs/reference holds the pages and nothing else', () => {
    const expected = REFERENCE_PAGES.map(({ path }) => basename(path)).sort();
    expect(readdirSync(join(ROOT, 'docs/reference')).sort()).toEqual(expected);
  });

  test.each(REFERENCE_PAGES.map(({ path, render }) => [path, render] as const))(
    '%s is current: `npm run docs` writes it',
    async (path, render) => {
      expect(readFileSync(join(ROOT, path), 'utf8')).toBe(await render());
    },
  );
});
