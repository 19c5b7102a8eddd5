/** What the README and the pages promise is so. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ModuleKind, transpileModule } from 'typescript';
import { environments } from '../../environments';
import * as config from '../../src/config';
import type { EnvironmentFiles } from '../../src/synthesis/load';
import { runProgram } from '../../src/cli/program';

const ROOT = join(__dirname, '../..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const pages = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((page) => join('docs', page))].filter((page) =>
  page.endsWith('.md'),
);

/** Runs a code block of the README as the module that it says it is. */
function exampleEnvironment(): unknown {
  const block = /```ts\n((?:(?!```)[\s\S])*defineEnvironment\([\s\S]*?)```/.exec(readme)?.[1];
  if (block === undefined) throw new Error('the README has no example');
  const { outputText } = transpileModule(block, { compilerOptions: { module: ModuleKind.CommonJS } });
  const module: { exports: { default?: unknown } } = { exports: {} };
  const load = (path: string): unknown => {
    expect(path).toBe('../../src/config');
    return config;
  };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is our own README
  new Function('module', 'exports', 'require', outputText)(module, module.exports, load);
  return module.exports.default;
}

test("the README's environment is valid and gives the stacks that the README deploys", async () => {
  const output = mkdtempSync(join(tmpdir(), 'terrace-readme-'));
  try {
    const files: EnvironmentFiles = { 'shop-prod': () => Promise.resolve({ default: exampleEnvironment() }) };
    const said: string[] = [];
    const sink = { write: (text: string) => said.push(text) };
    const exitCode = await runProgram(files, ['synth', 'shop-prod', '--output', output], { stdout: sink, stderr: sink, env: {} });
    expect({ exitCode, said: said.join('') }).toMatchObject({ exitCode: 0, said: expect.not.stringContaining('warning ') });
    const stacks = readdirSync(join(output, 'stacks'));
    const deployed = [
      ...readme.matchAll(/shop-(?:bootstrap|prod-(?:network|domain|data|compute-fargate|edge|observability))/g),
    ].map(([stack]) => stack);
    expect([...new Set(deployed)].sort()).toEqual(stacks.sort());
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
});

test('the README names every environment, and no other', () => {
  const named = [...readme.matchAll(/^\| `([a-z0-9]+-[a-z0-9-]+)` +\|/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(Object.keys(environments).sort());
});

test('the README names every command that package.json has', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  for (const script of Object.keys(scripts).filter((name) => name !== 'build'))
    expect(readme).toMatch(new RegExp(`npm (run )?${script}\\b|\`${script}\``));
});

test.each(pages)('%s links to pages that are there', (page) => {
  const links = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(
    ([, link]) => link!,
  );
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
});

test('docs/README.md lists every page', () => {
  const index = readFileSync(join(ROOT, 'docs/README.md'), 'utf8');
  expect(
    pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !index.includes(`(${page.slice(5)})`)),
  ).toEqual([]);
});
