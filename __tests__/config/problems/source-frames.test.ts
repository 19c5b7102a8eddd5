/** Calls of an error: in the source where the bundle has a map, otherwise in the bundle. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceFrames } from '../../../src/config/problems/source-frames';

const folder = mkdtempSync(join(tmpdir(), 'source-frames-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bundle = join(folder, 'bundle.js');
const broken = join(folder, 'broken.js');
const plain = join(folder, 'plain.js');
// The first line of the bundle is the third of the source.
writeFileSync(`${bundle}.map`, JSON.stringify({ version: 3, sources: ['environments/shop.ts'], names: [], mappings: 'AAEA' }));
writeFileSync(`${broken}.map`, '{');

function framesOf(...calls: readonly string[]) {
  const error = new Error('wrong');
  error.stack = ['Error: wrong', ...calls.map((call) => `    at ${call}`)].join('\n');
  return [...sourceFrames(error)];
}

it.each([
  ['with a name', `Object.<anonymous> (${bundle}:1:5)`],
  ['without a name', `${bundle}:1:5`],
  ['as a URL', `main (file://${bundle}:1:5)`],
])('finds the place in the source of a call in a bundle, %s', (_how, call) =>
  expect(framesOf(call)).toEqual([{ file: join(folder, 'environments/shop.ts'), line: 3 }]),
);

it.each([
  ['no map', plain],
  ['a broken map', broken],
])('leaves a call in a file with %s where it is', (_which, file) =>
  expect(framesOf(`main (${file}:7:5)`)).toEqual([{ file, line: 7 }]),
);

it('leaves out calls that are in no file', () =>
  expect(framesOf('Array.map (<anonymous>)', 'node:internal/main:1:2', `main (${plain}:7:5)`)).toEqual([
    { file: plain, line: 7 },
  ]));
