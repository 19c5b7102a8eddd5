/** Reads plans, prints verdicts, and fails when one is refused. */
import { basename, dirname, resolve } from 'node:path';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { readText } from '../../cli/yaml-file';
import { readExceptions } from '../../checks/plan-guard/allowances';
import { judge, type Verdict } from '../../checks/plan-guard/judge';
import { parsePlan } from '../../checks/plan-guard/plan';
import { reportMarkdown, reportText } from '../../checks/plan-guard/report';
import { stackProtection } from '../../synthesis/protection';

export interface GuardOptions {
  /** The reviewed exceptions. @default guard-allow.yaml, if it exists */
  readonly allow?: string;
  /** The stack's id, where the file does not show it. */
  readonly stack?: string;
  /** The account of the plan, where the plan does not show it. */
  readonly account?: string;
  readonly format: 'text' | 'markdown' | 'json';
  /** `YYYY-MM-DD`; tests set it. @default today, UTC */
  readonly today?: string;
}

/**
 * Judges every plan.
 * @returns 0 when all may be applied, 1 when one is refused
 * @throws CommandError for a file that cannot be read, or is not a plan
 */
export async function judgePlans({ io, files }: CommandContext, plans: readonly string[], options: GuardOptions): Promise<0 | 1> {
  if (plans.length > 1 && options.stack !== undefined)
    throw new CommandError('--stack names one stack: pass one plan with it', 2);
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  if (options.account !== undefined && !/^\d{12}$/.test(options.account))
    throw new CommandError(`--account ${options.account} is not an account of 12 digits`, 2);
  const { allowances, accounts } = readExceptions(today, options.allow);
  const known = options.account === undefined ? accounts : [...accounts, options.account];
  const isProtected = await stackProtection(files);
  const verdicts = plans.map((file) => {
    const stack = options.stack ?? stackOf(file);
    return judge(parsePlan(file, readText(file)), { allowances, accounts: known, today, stack, isProtected: isProtected(stack) });
  });
  io.stdout.write(`${render(verdicts, options.format)}\n`);
  return verdicts.every(({ passed }) => passed) ? 0 : 1;
}

function render(verdicts: readonly Verdict[], format: GuardOptions['format']): string {
  switch (format) {
    case 'text':
      return verdicts.map(reportText).join('\n\n');
    case 'markdown':
      return verdicts.map(reportMarkdown).join('\n\n');
    case 'json':
      return JSON.stringify(verdicts, null, 2);
  }
}

/** Common names of plans, which do not contain the stack. */
const GENERIC_NAME = /^(tf)?plan$|^show$|^stdin$/;

/**
 * The stack of a plan by its file: `h2o-dev-data.json`, `h2o-dev-data.plan.json` or
 * `cdktf.out/stacks/h2o-dev-data/plan.json`; undefined for any other.
 */
export function stackOf(file: string): string | undefined {
  if (file === '-') return undefined;
  const name = basename(file).replace(/(\.(tf)?plan)?\.json$/, '');
  if (!GENERIC_NAME.test(name)) return name;
  const folder = dirname(resolve(file));
  return basename(dirname(folder)) === 'stacks' ? basename(folder) : undefined;
}
