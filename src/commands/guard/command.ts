/** `npm run guard -- plan.json…`: reads plans, prints verdicts, fails when one is refused. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { CommandError } from '../../cli/command-error';
import type { Io } from '../../cli/io';
import { ALLOW_FILE, parseAllowances } from './allowances';
import { judge } from './guard';
import { parsePlan } from './plan';
import { reportMarkdown, reportText } from './report';

export const FORMATS = ['text', 'markdown', 'json'] as const;

export interface GuardOptions {
  /** The reviewed file; missing only where it is not named. */
  readonly allow?: string;
  /** The stack's id, where the file's name does not say it. */
  readonly stack?: string;
  readonly format: (typeof FORMATS)[number];
  /** `YYYY-MM-DD`; tests set it. @default today, UTC */
  readonly today?: string;
}

/**
 * Judges every file.
 * @returns 0 when all may be applied, 1 when one is refused
 * @throws CommandError for a file that cannot be read or is no plan
 */
export function guard(files: readonly string[], options: GuardOptions, { stdout }: Io): 0 | 1 {
  if (files.length > 1 && options.stack !== undefined)
    throw new CommandError('--stack names one stack: give one plan with it', 2);
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  const allowances = parseAllowances(readAllowFile(options.allow), today);
  const verdicts = files.map((file) =>
    judge(parsePlan(file, read(file)), { allowances, today, stack: options.stack ?? stackOf(file) }),
  );
  stdout.write(`${render(verdicts, options.format)}\n`);
  return verdicts.every(({ passed }) => passed) ? 0 : 1;
}

function render(verdicts: readonly ReturnType<typeof judge>[], format: GuardOptions['format']): string {
  switch (format) {
    case 'text':
      return verdicts.map(reportText).join('\n\n');
    case 'markdown':
      return verdicts.map(reportMarkdown).join('\n\n');
    case 'json':
      return JSON.stringify(verdicts, null, 2);
  }
}

/** Names that a plan gets from habit, and which say nothing of the stack. */
const ANY_PLAN = /^(tf)?plan$|^show$|^stdin$/;

/**
 * The stack that a plan is of, by its file: `h2o-dev-data.json`, `h2o-dev-data.plan.json`, or
 * `cdktf.out/stacks/h2o-dev-data/plan.json`. Undefined when none of them says it.
 */
export function stackOf(file: string): string | undefined {
  if (file === '-') return undefined;
  const name = basename(file).replace(/(\.(tf)?plan)?\.json$/, '');
  if (!ANY_PLAN.test(name)) return name;
  const folder = dirname(resolve(file));
  return basename(dirname(folder)) === 'stacks' ? basename(folder) : undefined;
}

function readAllowFile(file: string | undefined): string {
  if (file === undefined && !existsSync(ALLOW_FILE)) return 'allow: []';
  return read(file ?? ALLOW_FILE);
}

/** `-` is standard input. */
function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, 2);
  }
}
