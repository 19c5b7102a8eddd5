/** How the program and the environments are bundled (scripts/build.mjs), in a small checkout of its own. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Reads every environment as the program does, and prints what it gets. */
const MAIN = `
import { TerraformResource } from 'cdktf';
import { environments } from './environments';
import { describeFault } from '${ROOT}/src/cli/errors';
import { superviseEnd } from '${ROOT}/src/cli/process-end';
import { expression } from '${ROOT}/src/extend';
import { shareModules } from '${ROOT}/src/extend/shared-modules';
import { readEnvironmentFile } from '${ROOT}/src/synthesis/environment-file';

async function main() {
  for (const [name, file] of Object.entries(environments)) {
    const read = await readEnvironmentFile(name, file as never).catch((error: unknown) => describeFault(error));
    console.log(name + ': ' + (typeof read === 'string' ? read : JSON.stringify(read.description)));
    if (typeof read !== 'string' && read.extend !== undefined) console.log((read.extend as any)(TerraformResource, expression));
  }
  return 0;
}

shareModules();
const end = superviseEnd(process);
void main().then(end);
`;

let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'terrace-bundles-'));
  for (const file of [
    'scripts/build.mjs',
    'scripts/terrace.mjs',
    'scripts/node-version.mjs',
    'scripts/run-bundle.mjs',
    'tsconfig.json',
    'package.json',
  ])
    cpSync(join(ROOT, file), join(checkout, file));
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  write('main.ts', MAIN);
  write('src/config/index.ts', "export * from './define';\nconsole.log('the product is loaded');\n");
  write('src/config/define.ts', 'export const defineEnvironment = <T>(input: T): T => input;\n');
  write('environments/shop/system.ts', "export const region = 'eu-west-1';\n");
  for (const name of ['dev', 'prod'])
    write(
      `environments/shop/${name}.ts`,
      `import { defineEnvironment } from '../../src/config';\nimport { region } from './system';\n\nexport default defineEnvironment({ name: '${name}', region });\n`,
    );
  const entries = ['dev', 'prod'].map((name) => `  'shop-${name}': () => import('./shop/${name}.ts'),`);
  write('environments/index.ts', `export const environments = {\n${entries.join('\n')}\n};\n`);
});

afterEach(() => rmSync(checkout, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(checkout, file)), { recursive: true });
  writeFileSync(join(checkout, file), text);
}

/** Runs the program from another folder. */
function start() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(checkout, 'scripts/terrace.mjs')], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const DEV = 'shop-dev: {"name":"dev","region":"eu-west-1"}\n';
const PROD = 'shop-prod: {"name":"prod","region":"eu-west-1"}\n';

test('every environment is read, from whatever folder the program is called, and without the code of the product', () => {
  expect(start()).toMatchObject({ status: 0, stdout: DEV + PROD });
});

test.each<readonly [what: string, text: string, said: RegExp]>([
  [
    'a syntax error',
    'export default {\n  name: "dev"\n  region,\n};\n',
    /^shop-dev: does not compile {2}\(environments\/shop\/dev\.ts:3\)$/m,
  ],
  [
    'a wrong import',
    "\nimport { region } from './sytem';\nexport default { region };\n",
    /\(environments\/shop\/dev\.ts:2\)[\s\S]*Could not resolve ".\/sytem"/,
  ],
  [
    'an exception',
    '\nconst shop: any = undefined;\nexport default shop.region;\n',
    /^shop-dev: TypeError: .* {2}\(environments\/shop\/dev\.ts:3\)$/m,
  ],
  [
    'a promise that nobody waits for',
    "export default {};\n\nPromise.reject(new Error('lost'));\n",
    /^shop-dev: lost {2}\(environments\/shop\/dev\.ts:3\)$/m,
  ],
  [
    'process.exit(0)',
    'process.exit(0);\nexport default {};\n',
    /^shop-dev: it calls process\.exit.*\(environments\/shop\/dev\.ts:1\)$/m,
  ],
])('%s in one file is told with its line, and the others are read', (_what, text, said) => {
  write('environments/shop/dev.ts', text);
  const { status, stdout } = start();
  expect(stdout).toMatch(said);
  expect({ status, end: stdout.endsWith(PROD) }).toEqual({ status: 0, end: true });
  expect(stdout.length).toBeLessThan(1000);
});

test('extensions have the constructs and the kit of the program, not copies of them', () => {
  write('src/extend/index.ts', "export const expression = () => 'a copy';\n");
  write(
    'environments/shop/extensions.ts',
    `import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { expression } from '../../src/extend';

export const extend = (Resource: unknown, kit: unknown) =>
  JSON.stringify({ resource: SnsTopic.prototype instanceof (Resource as never), kit: kit === expression });
`,
  );
  write(
    'environments/shop/dev.ts',
    "export { extend } from './extensions';\nexport default { name: 'dev', region: 'eu-west-1' };\n",
  );
  expect(start()).toMatchObject({ status: 0, stdout: `${DEV}{"resource":true,"kit":true}\n${PROD}` });
});

test('a mistake is gone once the file is corrected', () => {
  const right = readFileSync(join(checkout, 'environments/shop/dev.ts'), 'utf8');
  write('environments/shop/dev.ts', 'export default {');
  expect(start().stdout).toMatch(/^shop-dev: does not compile/);
  write('environments/shop/dev.ts', right);
  expect(start().stdout).toBe(DEV + PROD);
});

test('a listed file that does not exist is told, and the others are read', () => {
  rmSync(join(checkout, 'environments/shop/dev.ts'));
  expect(start().stdout).toMatch(/^shop-dev: does not compile[\s\S]*Could not resolve[\s\S]*\nshop-prod: /);
});

test('a file that waits for what never comes is no success', () => {
  write('environments/shop/dev.ts', 'await new Promise(() => undefined);\nexport default {};\n');
  const { status, stderr } = start();
  expect(status).toBe(1);
  expect(stderr).toMatch(/^shop-dev: its file ended the program/m);
});

test('only the bundle whose sources have changed is written again', () => {
  start();
  const times = () =>
    Object.fromEntries(
      ['main.js', ...readdirSync(join(checkout, 'dist/environments/shop')).map((name) => `environments/shop/${name}`)]
        .filter((name) => /\.m?js$/.test(name))
        .map((name) => [name, statSync(join(checkout, 'dist', name)).mtimeMs]),
    );
  const before = times();
  start();
  expect(times()).toEqual(before);
  write('environments/shop/dev.ts', "export default { name: 'other' };\n");
  expect(start().stdout).toBe(`shop-dev: {"name":"other"}\n${PROD}`);
  const { 'environments/shop/dev.mjs': dev, ...others } = times();
  expect(others).toEqual(Object.fromEntries(Object.entries(before).filter(([name]) => name !== 'environments/shop/dev.mjs')));
  expect(dev).not.toBe(before['environments/shop/dev.mjs']);
  write('environments/shop/system.ts', "export const region = 'eu-west-3';\n");
  expect(start().stdout).toContain('"region":"eu-west-3"');
});

test('without esbuild the build says so in a line', () => {
  rmSync(join(checkout, 'node_modules'));
  const { status, stderr } = spawnSync(process.execPath, [join(checkout, 'scripts/build.mjs')], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toBe('Bundling the program …\nesbuild is not installed: run `npm ci` first\n');
});
