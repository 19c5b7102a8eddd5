/** Problems do not depend on the wording of zod's own messages. */
import { z } from 'zod';
import { problemsOf } from '../../../src/config/problems/zod-problems';

const text = z.strictObject({ left: z.string(), right: z.string() });
const numbers = z.strictObject({ left: z.number(), right: z.number(), top: z.number() });
const schema = z.strictObject({ box: z.union([numbers, text]) });

/** Two fields of the first branch are right and one is missing; both fields of the second are wrong. */
const input = { box: { left: 1, right: 2 } };

const paths = (): readonly string[] => problemsOf(schema.safeParse(input).error!, input, schema).map(({ path }) => path);

afterEach(() => z.config({ customError: undefined }));

it('a missing field counts more than a wrong one, whatever zod calls it', () => {
  const expected = ['box.left', 'box.right'];
  expect(paths()).toEqual(expected);
  z.config({ customError: () => 'ungültig' });
  expect(paths()).toEqual(expected);
});
