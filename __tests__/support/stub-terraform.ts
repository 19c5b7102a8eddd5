/** A stub for terraform on the PATH, with the answers of a test. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Answer {
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Files that it writes into its working folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Milliseconds to think. */
  readonly delay?: number;
}

/** `<folder>:<command>`, or `*:<command>` for any folder, to an answer, or to one for each call. */
export type Answers = Readonly<Record<string, Answer | readonly Answer[]>>;

/** One call of the stub. */
export interface Call {
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const STUB = `#!${process.execPath}
const fs = require('fs');
const path = require('path');
const home = path.dirname(fs.realpathSync(process.argv[1]));
const answers = JSON.parse(fs.readFileSync(path.join(home, 'answers.json'), 'utf8'));
const [command, ...rest] = process.argv.slice(2);
const folder = path.basename(process.cwd());
const log = path.join(home, 'calls.jsonl');
const calls = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\\n').map((line) => JSON.parse(line)) : [];
const earlier = calls.filter((call) => call.folder === folder && call.args[0] === command).length;
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(AWS_|TF_|CHECKPOINT)/.test(name)));
fs.appendFileSync(log, JSON.stringify({ folder, args: [command, ...rest], env }) + '\\n');
const found = answers[folder + ':' + command] ?? answers['*:' + command] ?? {};
const answer = Array.isArray(found) ? found[Math.min(earlier, found.length - 1)] : found;
for (const [name, text] of Object.entries(answer.files ?? {})) fs.writeFileSync(name, text);
const end = () => {
  process.stdout.write(answer.stdout ?? '');
  process.stderr.write(answer.stderr ?? '');
  process.exitCode = answer.code ?? 0;
};
setTimeout(end, answer.delay ?? 0);
`;

/** The stub, in a temporary folder. */
export class StubTerraform {
  public readonly home = mkdtempSync(join(tmpdir(), 'terrace-stub-'));

  constructor(answers: Answers) {
    this.program('terraform', STUB);
    this.answer(answers);
  }

  /** Puts another program on the PATH. */
  public program(name: string, text: string): void {
    const file = join(this.home, 'bin', name);
    mkdirSync(join(this.home, 'bin'), { recursive: true });
    writeFileSync(file, text.replaceAll('path.dirname(fs.realpathSync(process.argv[1]))', JSON.stringify(this.home)));
    chmodSync(file, 0o755);
  }

  public answer(answers: Answers): void {
    const version = { '*:version': { stdout: JSON.stringify({ terraform_version: '1.11.4' }, null, 2) } };
    writeFileSync(join(this.home, 'answers.json'), JSON.stringify({ ...version, ...answers }));
  }

  /** The environment with the stub first on the PATH. */
  public env(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string | undefined>> {
    const { TERRACE_PLUGIN_DIR: _plugins, TF_PLUGIN_CACHE_DIR: _cache, ...own } = process.env;
    return { ...own, PATH: `${join(this.home, 'bin')}:${process.env.PATH ?? ''}`, ...more };
  }

  /** Every call in order, except `terraform version`. */
  public calls(): readonly Call[] {
    const log = join(this.home, 'calls.jsonl');
    if (!existsSync(log)) return [];
    const all = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Call);
    return all.filter(({ args }) => args[0] !== 'version');
  }

  public remove(): void {
    rmSync(this.home, { recursive: true });
  }
}

/** The output of terraform with `-json`. */
export const jsonLines = (...events: readonly object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');

export const planned = (address: string, action: string): object => ({
  type: 'planned_change',
  change: { resource: { addr: address }, action },
});

export const completed = (address: string, action: string): object => ({
  type: 'apply_complete',
  hook: { resource: { addr: address }, action },
});

export const errored = (summary: string, address?: string): object => ({
  type: 'diagnostic',
  diagnostic: { severity: 'error', summary, detail: '', ...(address === undefined ? {} : { address }) },
});
