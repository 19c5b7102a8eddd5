/** Files below `environments/`: which are listed, and which a person forgot to list. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listedFiles, unlistedFile } from '../../src/cli/source-files';
import { runCommand } from '../support/command';

const cwd = process.cwd();
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'terrace-sources-'));
  write(
    'index.ts',
    "export const environments = {\n  'shop-prod': () => import('./shop/prod.ts'),\n  blog: () => import('./blog'),\n};\n",
  );
  write('shop/prod.ts', "export default { name: 'shop-prod' };\n");
  write('shop/system.ts', "export const names = { name: 'shop-live' };\n");
  write('shop/dev.ts', 'export default {');
  write('shop/third.ts', "export default defineEnvironment({\n  name: 'shop-eu',\n});\n");
  write('shop/dev.test.ts', "export default { name: 'shop-x' };\n");
  process.chdir(checkout);
});

afterEach(() => {
  process.chdir(cwd);
  rmSync(checkout, { recursive: true });
});

function write(file: string, text: string): void {
  const path = join(checkout, 'environments', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test('the list says which file an environment has', () =>
  expect([...listedFiles()]).toEqual([
    ['shop-prod', 'environments/shop/prod.ts'],
    ['blog', 'environments/blog.ts'],
  ]));

test.each([
  ['shop-dev', 'environments/shop/dev.ts'],
  ['shop-eu', 'environments/shop/third.ts'],
])('a file that is not listed is found by its path or its name: %s', (name, file) => expect(unlistedFile(name)).toBe(file));

test.each(['shop-prod', 'shop-live', 'shop-x', '../dev', '*'])('nothing else is: %s', (name) =>
  expect(unlistedFile(name)).toBeUndefined(),
);

test('a command names the file and the line to add', async () => {
  const { exitCode, stderr } = await runCommand({ 'shop-prod': () => Promise.resolve({ default: {} }) }, ['synth', 'shop-dev']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    "environments/shop/dev.ts exists, but environments/index.ts does not list it: add  'shop-dev': () => import('./shop/dev.ts'),",
  );
});
