/** Runs a command as a person does who copied it from an output, against stand-ins of the programs that it calls. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The lines of a program's answer. Each pattern of the shell is compared with its arguments; the first that fits answers. */
export type Answers = readonly (readonly [pattern: string, answer: Answer])[];

/** Text for standard output, texts for the first call and all later ones, or an exit code. */
type Answer = string | readonly [string, string] | number;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  /** The arguments of each call. */
  readonly calls: readonly string[];
}

/** @param program the name of the program, such as `aws`; `sleep` takes no time */
export function runCopied(command: string, program: string, answers: Answers, shell = 'sh'): Run {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-copied-'));
  const calls = join(folder, 'calls');
  try {
    const cases = answers.map(([pattern, answer], index) => `  ${pattern}) ${reply(folder, index, answer)};;`);
    const script = ['#!/bin/sh', `echo "$@" >> ${calls}`, 'case "$*" in', ...cases, '  *) exit 99;;', 'esac', ''];
    for (const [name, text] of Object.entries({ [program]: script.join('\n'), sleep: '#!/bin/sh\n' })) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
    const { status, stdout } = spawnSync(shell, ['-c', command], { encoding: 'utf8', env, timeout: 20_000 });
    return { code: status, stdout, calls: existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function reply(folder: string, index: number, answer: Answer): string {
  if (typeof answer === 'number') return `exit ${answer}`;
  const [first, later] = typeof answer === 'string' ? [answer, answer] : answer;
  for (const [name, text] of [
    ['first', first],
    ['later', later],
  ] as const)
    writeFileSync(join(folder, `${name}-${index}`), text);
  const seen = join(folder, `seen-${index}`);
  return `if [ -e ${seen} ]; then cat ${folder}/later-${index}; else : > ${seen}; cat ${folder}/first-${index}; fi`;
}

/** Whether the text is the same in `terraform output` and `terraform output -raw`, and holds no template of Terraform's. */
export function survivesCopying(command: string): boolean {
  return JSON.stringify(command) === `"${command}"` && !/[$%]\{/.test(command);
}
