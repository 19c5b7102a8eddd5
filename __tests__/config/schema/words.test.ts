/** Every text of the schema that has a form says in words what it is: nobody has to read a regular expression. */
import { z } from 'zod';
import { emulatedSchema } from '../../../src/config/schema/emulated';
import { environmentSchema } from '../../../src/config/schema/environment';
import { definitionOf, helpOf, unwrap, type Schema } from '../../../src/config/schema/walk';

/** Checks of a text besides its length. */
const hasForm = (schema: Schema): boolean => {
  const { checks = [], format } = definitionOf(schema) as { checks?: readonly z.core.$ZodCheck[]; format?: string };
  return format !== undefined || checks.some(({ _zod: { def } }) => def.check === 'string_format' || def.check === 'custom');
};

/** The places whose refusal would show a regular expression. @param described whether a union around it has words for all its branches */
function placesWithoutWords(schema: Schema, place: string, described = false): readonly string[] {
  const inner = unwrap(schema);
  const definition = definitionOf(inner);
  const own = described || helpOf(schema).allowed !== undefined;
  switch (definition.type) {
    case 'object':
      return Object.entries(definition.shape).flatMap(([name, field]) => placesWithoutWords(field, `${place}.${name}`));
    case 'record':
      return [
        ...placesWithoutWords(definition.keyType, `${place}.<name>`),
        ...placesWithoutWords(definition.valueType, `${place}.*`),
      ];
    case 'array':
      return placesWithoutWords(definition.element, `${place}[]`);
    case 'union':
      return definition.options.flatMap((option) => placesWithoutWords(option, place, own));
    case 'string':
      return hasForm(inner) && !own ? [place] : [];
    default:
      return [];
  }
}

test('of an environment', () => expect(placesWithoutWords(environmentSchema, '')).toEqual([]));

test('of an environment on a developer’s machine', () => expect(placesWithoutWords(emulatedSchema, '')).toEqual([]));

test('a form without words is found, in records, lists and unions', () => {
  const bare = z.string().regex(/^a$/);
  const schema = z.strictObject({ one: z.record(bare, z.array(bare)), two: z.union([bare, z.number()]), three: z.email() });
  expect(placesWithoutWords(schema, '')).toEqual(['.one.<name>', '.one.*[]', '.two', '.three']);
  expect(placesWithoutWords(bare.meta({ allowed: 'an "a"', fix: 'write it' }), '')).toEqual([]);
});

test('the words contain no regular expression', () => {
  const words = JSON.stringify(z.toJSONSchema(z.strictObject({ a: environmentSchema }), { unrepresentable: 'any', io: 'input' }));
  const texts = [...words.matchAll(/"(?:allowed|fix)":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text);
  expect(texts.length).toBeGreaterThan(100);
  for (const text of texts) expect(text).not.toMatch(/\(\?[:!=]|\[\^|\\\\d|\/\^/);
});
