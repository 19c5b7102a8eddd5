/** The examples of docs/extending.md synthesise: the resources that they override exist, and a stack of one's own is written. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { readModules } from '../../src/synthesis/output-folder';
import { blocksOf, pageOf } from '../docs/pages';
import { runCommand } from '../support/command';
import { example } from '../support/example';
import { extendedFiles } from '../support/extended';

const out = mkdtempSync(join(tmpdir(), 'terrace-extending-'));
afterAll(() => rmSync(out, { recursive: true }));

/** What the example in a file of this name exports. */
function exportsOf(file: string): { readonly extend: unknown } {
  const block = blocksOf(pageOf('docs/extending.md')).find(({ code }) => code.startsWith(`// ${file}\n`));
  const { outputText } = ts.transpileModule(block?.code ?? '', { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const exported = {} as { extend: unknown };
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const load = (path: string): unknown => require(path);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function('exports', 'require', outputText)(exported, load);
  return exported;
}

const locks = mkdtempSync(join(tmpdir(), 'terrace-locks-'));
afterAll(() => rmSync(locks, { recursive: true }));

const input = example({ buckets: { uploads: {} }, encryption: { key: 'customer-managed' }, protect: false });

it.each(['shop', 'library'])('the example environments/%s/extensions.ts', async (folder) => {
  const { extend } = exportsOf(`environments/${folder}/extensions.ts`);
  const { exitCode, stderr } = await runCommand(extendedFiles(input, extend), ['synth', '--output', out, '--locks', locks]);
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  const written = JSON.stringify([...readModules(out)]);
  expect(written).toContain(folder === 'shop' ? '"client_keep_alive":600' : '"domain_name":"shop-test-search"');
});
