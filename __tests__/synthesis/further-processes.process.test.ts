/** Many environments are built by several processes of the program, into the same files as by one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ALONE, GROUPS_FOR_EACH, startFurther } from '../../src/synthesis/further-processes';

const ROOT = join(__dirname, '../..');

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'terrace-further-test-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const namesOf = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `e${index}`);

/** A program that writes what it is called with, each call into a file of its own, and ends as it is told. */
function writer(end: string): { readonly script: string; readonly calls: () => readonly (readonly string[])[] } {
  const calls = mkdtempSync(join(folder, 'calls-'));
  const script = join(calls, 'program.cjs');
  const write = `require('node:fs').writeFileSync(require('node:path').join(__dirname, process.pid + '.json'), JSON.stringify(process.argv.slice(2)));`;
  writeFileSync(script, `${write}\n${end}`);
  const read = (name: string) => JSON.parse(readFileSync(join(calls, name), 'utf8')) as readonly string[];
  return {
    script,
    calls: () =>
      readdirSync(calls)
        .filter((name) => name.endsWith('.json'))
        .map(read),
  };
}

const startedWith = ({ script }: { readonly script: string }, count: number, atOnce: number) =>
  startFurther(namesOf(count), { scripts: [script], options: ['--locks', 'x'], env: process.env, atOnce });

describe('further processes', () => {
  it('share the groups: each is built by one, and the first part by the process that starts them', async () => {
    const program = writer('');
    const further = startedWith(program, 3 * GROUPS_FOR_EACH, 3);
    await Promise.all(namesOf(3 * GROUPS_FOR_EACH).map(async (name) => further?.ended(name)));
    further?.stop();
    const groups = program.calls().map((call) => call.filter((argument) => /^e\d+$/.test(argument)));
    expect(groups.flat().sort()).toEqual(
      namesOf(3 * GROUPS_FOR_EACH)
        .slice(GROUPS_FOR_EACH)
        .sort(),
    );
    expect(groups.map(({ length }) => length)).toEqual([GROUPS_FOR_EACH, GROUPS_FOR_EACH]);
    for (const call of program.calls()) expect(call.slice(0, 2)).toEqual(['synth', ALONE]);
  });

  it('are not started for few groups, or where one process runs at a time', () => {
    const program = writer('');
    expect(startedWith(program, 2 * GROUPS_FOR_EACH - 1, 8)).toBeUndefined();
    expect(startedWith(program, 100, 1)).toBeUndefined();
    expect(program.calls()).toEqual([]);
  });

  it('are waited for no longer when they fail, or cannot be started', async () => {
    const failing = startedWith(writer('process.exit(1)'), 2 * GROUPS_FOR_EACH, 2);
    await failing?.ended(`e${GROUPS_FOR_EACH}`);
    failing?.stop();
    const absent = startedWith({ script: join(folder, 'absent.cjs') }, 2 * GROUPS_FOR_EACH, 2);
    await absent?.ended(`e${GROUPS_FOR_EACH}`);
    absent?.stop();
  });

  it('are ended with the process that started them, and leave nothing in the temporary folder', async () => {
    const folders = (): readonly string[] => readdirSync(tmpdir()).filter((name) => /^terrace-further-(?!test)/.test(name));
    const before = folders();
    const further = startedWith(writer('setInterval(() => undefined, 1000)'), 2 * GROUPS_FOR_EACH, 2);
    expect(folders().length).toBe(before.length + 1);
    further?.stop();
    await further?.ended(`e${GROUPS_FOR_EACH}`);
    expect(folders()).toEqual(before);
  });
});

it('writes the same files with further processes as alone', () => {
  const bundled = join(folder, 'generated.js');
  const build = `import { bundle } from ${JSON.stringify(pathToFileURL(join(ROOT, 'scripts/build.mjs')).href)}; await bundle('bench/generated.ts', ${JSON.stringify(bundled)});`;
  execFileSync(process.execPath, ['--input-type=module', '-e', build], { cwd: ROOT, stdio: 'ignore' });
  const processes = join(folder, 'processes');
  const note = join(folder, 'note.cjs');
  writeFileSync(note, `require('node:fs').appendFileSync(${JSON.stringify(processes)}, 'one\\n');`);
  const run = (output: string, ...options: readonly string[]): number => {
    rmSync(join(folder, 'cache'), { recursive: true, force: true });
    rmSync(processes, { force: true });
    const program = [join(ROOT, 'bench/run-generated.mjs'), bundled, String(2 * GROUPS_FOR_EACH)];
    const env = { ...process.env, TERRACE_DEBUG: '', NODE_OPTIONS: `--require ${note}` };
    const { status, stderr } = spawnSync(process.execPath, [...program, '--output', join(folder, output), ...options], {
      cwd: ROOT,
      env,
      encoding: 'utf8',
    });
    expect([status, stderr.replace(/synthesising .*\n/g, '')]).toEqual([0, '']);
    return readFileSync(processes, 'utf8').trim().split('\n').length;
  };
  expect(run('alone', ALONE)).toBe(1);
  expect(run('together')).toBe(availableParallelism() === 1 ? 1 : 2);
  const filesOf = (output: string) =>
    readdirSync(join(folder, output), { recursive: true, encoding: 'utf8' })
      .sort()
      .flatMap((name) => {
        const file = join(folder, output, name);
        return /\.\w+$/.test(name) && existsSync(file) ? [[name, readFileSync(file, 'utf8').replaceAll(output, 'out')]] : [];
      });
  const alone = filesOf('alone');
  expect(alone.length).toBeGreaterThan(2 * GROUPS_FOR_EACH);
  expect(filesOf('together')).toEqual(alone);
}, 180_000);
