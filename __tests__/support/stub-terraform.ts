/** A stub for terraform on the PATH, with the answers of a test. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface Answer {
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Files that it writes into its working folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** `<folder>:<command>`, or `*:<command>` for any folder, to an answer, or to one for each call. */
export type Answers = Readonly<Record<string, Answer | readonly Answer[]>>;

/** One call of the stub. */
export interface Call {
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * For the shell, which starts in a fortieth of the time of Node, and almost without other programs, which take longer than the shell
 * itself. `set -C` makes `>` fail for a file that exists: the number of a call says how many were before.
 */
const stub = (home: string): string => `#!/bin/sh
PATH=/usr/bin:/bin
key="\${PWD##*/}:\$1"
seen='${home}/seen/'"\$key"
set -C
call=0
until { printf '%s\\0' "\$@" > "\$seen#\$call.args"; } 2> /dev/null; do
  [ -f "\$seen#\$call.args" ] || exit 1
  call=\$((call + 1))
done
export -p > "\$seen#\$call.env"
printf '%s\\n' "\$key#\$call" >> '${home}/calls'

answer='${home}/answers/'"\$key"
[ -d "\$answer" ] || answer='${home}/answers/*:'"\$1"
[ -d "\$answer" ] || exit 0
until [ -d "\$answer/\$call" ]; do call=\$((call - 1)); done
cd "\$answer/\$call" || exit
[ ! -d files ] || cp -R files/. "\$OLDPWD"
[ ! -s stderr ] || cat stderr >&2
read -r code < code
[ -s stdout ] || exit "\$code"
[ "\$code" -ne 0 ] || exec cat stdout
cat stdout
exit "\$code"
`;

/** The stub, in a temporary folder. */
export class StubTerraform {
  public readonly home = mkdtempSync(join(tmpdir(), 'terrace-stub-'));

  constructor(answers: Answers) {
    this.program('terraform', stub(this.home));
    mkdirSync(join(this.home, 'seen'));
    this.answer(answers);
  }

  /** Puts another program on the PATH. */
  public program(name: string, text: string): void {
    const file = join(this.home, 'bin', name);
    mkdirSync(join(this.home, 'bin'), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }

  public answer(answers: Answers): void {
    const version = { '*:version': { stdout: JSON.stringify({ terraform_version: '1.11.4' }, null, 2) } };
    const folder = join(this.home, 'answers');
    rmSync(folder, { recursive: true, force: true });
    for (const [key, found] of Object.entries<Answer | readonly Answer[]>({ ...version, ...answers }))
      [found].flat().forEach((answer, index) => writeAnswer(join(folder, key, String(index)), answer));
  }

  /** The environment with the stub first on the PATH. */
  public env(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string | undefined>> {
    const { TERRACE_PLUGIN_DIR: _plugins, TF_PLUGIN_CACHE_DIR: _cache, ...own } = process.env;
    return { ...own, PATH: `${join(this.home, 'bin')}:${process.env.PATH ?? ''}`, ...more };
  }

  /** Every call in order, except `terraform version`. */
  public calls(): readonly Call[] {
    const log = join(this.home, 'calls');
    if (!existsSync(log)) return [];
    const all = linesOf(readFileSync(log, 'utf8')).map((call) => readCall(join(this.home, 'seen', call)));
    return all.filter(({ args }) => args[0] !== 'version');
  }

  public remove(): void {
    rmSync(this.home, { recursive: true });
  }
}

function writeAnswer(folder: string, { code = 0, stdout = '', stderr = '', files = {} }: Answer): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries({ stdout, stderr, code: `${code}\n` })) writeFileSync(join(folder, name), text);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'files', name)), { recursive: true });
    writeFileSync(join(folder, 'files', name), text);
  }
}

function readCall(path: string): Call {
  const args = readFileSync(`${path}.args`, 'utf8').split('\0').slice(0, -1);
  const folder = basename(path).replace(/:[^:]*$/, '');
  return { folder, args, env: exportedBy(readFileSync(`${path}.env`, 'utf8')) };
}

/** The variables that matter to terraform in what `export -p` prints: words in quotes of either kind. */
function exportedBy(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/^export ((?:AWS_|TF_|CHECKPOINT)\w*)=((?:'[^']*'|"(?:[^"\\]|\\[^])*")*)/gm);
  const unquoted = (words: string): string =>
    words.replace(
      /'([^']*)'|"((?:[^"\\]|\\[^])*)"/g,
      (_, plain?: string, escaped = '') => plain ?? String(escaped).replace(/\\([^])/g, '$1'),
    );
  return Object.fromEntries([...found].map(([, name = '', words = '']) => [name, unquoted(words)]));
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

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
