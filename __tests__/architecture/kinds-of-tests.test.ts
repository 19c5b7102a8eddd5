/** Each file of tests is run by one command: `npm test`, `npm run test:exhaustive`, `test:processes` or `test:long`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';

const ROOT = join(__dirname, '../..');

interface Project {
  readonly displayName: string;
  readonly testMatch: readonly string[];
  readonly testPathIgnorePatterns?: readonly string[];
}

const { projects } = jest.requireActual<{ readonly projects: readonly Project[] }>('../../jest.config.js');
const { scripts } = jest.requireActual<{ readonly scripts: Readonly<Record<string, string>> }>('../../package.json');

/** The projects of jest that run a file. */
const projectsOf = (file: string): readonly string[] =>
  projects
    .filter(({ testMatch, testPathIgnorePatterns = [] }) => {
      const matches = picomatch(testMatch.map((pattern) => pattern.replace('<rootDir>/', '')));
      return matches(file) && !testPathIgnorePatterns.some((pattern) => new RegExp(pattern).test(join(ROOT, file)));
    })
    .map(({ displayName }) => displayName);

const files = ['__tests__', 'environments'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.test\.[jt]s$/.test(name))
    .map((name) => join(folder, name)),
);

it('has every file of tests in one kind, by its name', () => {
  expect(files.length).toBeGreaterThan(100);
  const kinds: Readonly<Record<string, string>> = { exhaustive: 'exhaustive', process: 'processes', long: 'long' };
  const kind = (file: string): string => kinds[/\.(\w+)\.test\.ts$/.exec(file)?.[1] ?? ''] ?? 'code';
  expect(files.filter((file) => projectsOf(file).join() !== kind(file))).toEqual([]);
});

it('would find a file that no command runs', () => {
  expect(projectsOf('src/config/parse.test.ts')).toEqual([]);
  expect(projectsOf('__tests__/config/parse.test.js')).toEqual([]);
});

it('runs each kind by one command: the long ones every week, and the others in CI', () => {
  const commands = Object.values(scripts).flatMap((script) => /^jest --selectProjects (\w+)$/.exec(script)?.[1] ?? []);
  expect(commands).toEqual(projects.map(({ displayName }) => displayName));
  for (const file of [
    '.ci/run',
    '.github/workflows/pull-request.yml',
    '.github/workflows/compatibility.yml',
    'scripts/without-samples.mjs',
  ]) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const runs = [/npm',? ?\[?'?test\b|npm test\b/.test(text), text.includes('test:exhaustive'), text.includes('test:processes')];
    expect([file, ...runs]).toEqual([file, true, true, true]);
  }
  expect(readFileSync(join(ROOT, '.github/workflows/compatibility.yml'), 'utf8')).toContain('npm run test:long');
});

it('keeps servers, browsers, compilers and the programs of a host out of `npm test`', () => {
  const starts = /^import .* from '(?:playwright-core|typescript|.*\/(?:editor|host-tools|postgres-server|database-server))';$/m;
  const slow = files.filter((file) => starts.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(slow.length).toBeGreaterThan(10);
  expect(slow.filter((file) => !/\.(process|long)\.test\.ts$/.test(file))).toEqual([]);
});
