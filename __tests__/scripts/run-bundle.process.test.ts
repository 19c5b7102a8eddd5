/** The program runs from kept machine code, and never from that of another program. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const RUNNER = pathToFileURL(join(process.cwd(), 'scripts', 'run-bundle.mjs')).href;

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'terrace-bundle-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const codeOf = (command: string): string => join(folder, 'code', `${command}.bin`);

function write(text: string, seconds: number): void {
  writeFileSync(join(folder, 'main.js'), text);
  utimesSync(join(folder, 'main.js'), seconds, seconds);
}

function run(command: string): string {
  const program = `import { runBundle } from ${JSON.stringify(RUNNER)}; await runBundle(${JSON.stringify(join(folder, 'main.js'))}, ${JSON.stringify(command)});`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
}

const SAYS =
  "const { sep } = require('node:path'); console.log('one', sep, __filename.endsWith('main.js'), module.exports === exports);";

describe('the code that is kept', () => {
  it('belongs to one command, and gives the same output', () => {
    write(SAYS, 1_000);
    expect(run('synth')).toBe('one / true true\n');
    const { mtimeMs } = statSync(codeOf('synth'));
    expect(run('synth')).toBe('one / true true\n');
    expect(statSync(codeOf('synth')).mtimeMs).toBe(mtimeMs);
    expect(readdirSync(join(folder, 'code'))).toEqual(['synth.bin']);
  });

  it('is really what runs', () => {
    write(SAYS, 1_000);
    run('synth');
    const kept = readFileSync(codeOf('synth'));
    // V8 compares neither text nor time, only the length: with the stamp of the other text its code would run.
    write(SAYS.replace('one', 'two'), 2_000);
    const size = statSync(join(folder, 'main.js')).size;
    writeFileSync(codeOf('synth'), Buffer.concat([Buffer.from(`2000000 ${size}\n`), kept.subarray(kept.indexOf('\n') + 1)]));
    expect(run('synth')).toBe('one / true true\n');
  });

  it('is replaced when the program has changed, also to one of the same length', () => {
    write(SAYS, 1_000);
    run('synth');
    write(SAYS.replace('one', 'two'), 2_000);
    expect(run('synth')).toBe('two / true true\n');
    expect(run('synth')).toBe('two / true true\n');
  });

  it('imports what the program imports only where it is used: files beside it, and packages', () => {
    writeFileSync(join(folder, 'beside.mjs'), 'export default 7;');
    write(
      'Promise.all([import("./beside.mjs"), import("yaml")]).then(([{ default: seven }, { parse }]) => console.log(seven, parse("8")));',
      1_000,
    );
    expect([run('synth'), run('synth')]).toEqual(['7 8\n', '7 8\n']);
  });

  it('is replaced when it is damaged', () => {
    write(SAYS, 1_000);
    run('synth');
    const kept = readFileSync(codeOf('synth'));
    writeFileSync(codeOf('synth'), kept.subarray(0, kept.length >> 1));
    expect(run('synth')).toBe('one / true true\n');
    expect(statSync(codeOf('synth')).size).toBe(kept.length);
  });

  it('is not that of a run that failed, nor of what is no command', () => {
    write('process.exitCode = 2;', 1_000);
    expect(() => run('synth')).toThrow('Command failed');
    write(SAYS, 1_000);
    run('../synth');
    expect(existsSync(join(folder, 'code'))).toBe(false);
  });
});
