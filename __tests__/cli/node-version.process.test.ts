/** The versions of Node: which are supported, and what the others get instead of a stack trace. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Runs the program's entry script as another version of Node would. */
function runAs(version: string) {
  const script = `
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
    process.argv = [process.argv[0], 'scripts/terrace.mjs', 'synth', '--help'];
    await import('./scripts/terrace.mjs');`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: ROOT, encoding: 'utf8' });
}

test('an unsupported version ends with one sentence that says which are supported, and with exit code 3', () => {
  for (const version of ['18.20.0', '20.8.1', '23.1.0']) {
    const { status, stdout, stderr } = runAs(version);
    expect({ version, status, stdout }).toEqual({ version, status: 3, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^Node ${version} is not supported: Terrace needs Node 20\\.9, 22\\.11, 24\\.11 or .*\n$`));
  }
});

test('a supported version runs the program', () => {
  for (const version of ['20.9.0', '26.10.0']) expect({ version, status: runAs(version).status }).toEqual({ version, status: 0 });
});

test('package.json, the workflows and the pages name the same versions', () => {
  expect(JSON.parse(read('package.json')).engines.node).toBe('^20.9.0 || ^22.11.0 || >=24.11.0');
  expect(read('docs/limits.md')).toContain('Node 20.9, 22.11, 24.11 or a later version');
  expect(read('README.md')).toContain('You need Node 20, 22, 24 or newer.');
  expect(read('.github/workflows/compatibility.yml')).toContain('node: [20, 22, 24, 26]');
  expect(read('scripts/test-runtimes.mjs')).toContain("['20', '22', '24', '26']");
});
