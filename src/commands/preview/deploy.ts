/** Plans a preview, has the guard judge the plan, applies exactly that plan, and runs the jobs that follow a deployment. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readExceptions } from '../../checks/plan-guard/allowances';
import { judge } from '../../checks/plan-guard/judge';
import { parsePlan } from '../../checks/plan-guard/plan';
import { reportText } from '../../checks/plan-guard/report';
import { CommandError } from '../../cli/errors';
import { LOCK_FILE } from '../../terraform/provider-lock-set';
import { errorsIn } from '../../terraform/runner/errors';
import type { Ran, RunCommandOptions } from '../../terraform/runner/run-command';
import { Terraform } from '../../terraform/runner/terraform';
import { runJobs } from './jobs';

/** How long terraform waits for a lock that another run holds. */
export const LOCK_TIMEOUT = '-lock-timeout=10m';

const PLAN_FILE = 'preview.tfplan';

export interface StackRun {
  readonly stack: string;
  readonly folder: string;
  readonly env: NonNullable<RunCommandOptions['env']>;
  readonly signal: AbortSignal;
  /** Receives what happens, line by line. */
  readonly report: (line: string) => void;
  /** Whether anything is changed. */
  readonly apply: boolean;
}

export interface Deployment extends StackRun {
  /** The jobs that run afterwards, in this order. */
  readonly after: readonly string[];
}

/** @throws CommandError when it cannot be planned, the guard refuses it, or a change or a job fails */
export async function deployPreview({ after, ...run }: Deployment): Promise<'planned' | 'deployed'> {
  const { stack, folder, env, signal, report, apply } = run;
  const terraform = new Terraform({ env, signal });
  try {
    await initialised(terraform, folder);
    const lock = apply ? LOCK_TIMEOUT : '-lock=false';
    required('plan', await terraform.run(folder, 'plan', '-no-color', lock, `-out=${PLAN_FILE}`));
    const shown = required('show', await terraform.run(folder, 'show', '-json', PLAN_FILE));
    const today = new Date().toISOString().slice(0, 10);
    const verdict = judge(parsePlan(stack, shown.stdout), { ...readExceptions(today), today, stack, isProtected: false });
    report(reportText(verdict));
    if (!verdict.passed) throw new CommandError(`the guard refuses the plan of ${stack}`);
    if (!apply) return 'planned';
    applied(await terraform.apply(folder, [LOCK_TIMEOUT, PLAN_FILE], (line) => report(`  ${line}`)));
  } finally {
    rmSync(join(folder, PLAN_FILE), { force: true });
  }
  await runJobs(after, { terraform, folder, env, signal, report });
  return 'deployed';
}

/** With the lock file of providers, where there is one. */
export async function initialised(terraform: Terraform, folder: string): Promise<void> {
  const lockFile = existsSync(join(folder, LOCK_FILE)) ? ['-lockfile=readonly'] : [];
  required('init', await terraform.init(folder, ...lockFile));
}

/** @throws CommandError with terraform's errors */
export function required(step: string, ran: Ran): Ran {
  if (ran.code === 0) return ran;
  throw new CommandError(`terraform ${step} failed\n${errorsIn(ran.stderr || ran.stdout)}`);
}

/** @throws CommandError when not everything was applied */
export function applied({ code, stderr, errors }: Ran & { readonly errors: readonly string[] }): void {
  if (code === 0) return;
  throw new CommandError(`terraform apply failed; run the command again\n${errors.join('\n\n') || errorsIn(stderr)}`);
}
