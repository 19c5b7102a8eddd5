/** Plans a preview, has the guard judge the plan, applies exactly that plan, and runs the jobs that follow a deployment. */
import { reportText } from '../../checks/plan-guard/report';
import { CommandError } from '../../cli/errors';
import { withStackPlan } from '../../operations/stacks/stack-plan';
import { errorsIn } from '../../terraform/runner/errors';
import type { Ran, RunCommandOptions } from '../../terraform/runner/run-command';
import { runJobs, type PreviewJobs } from './jobs';

export interface StackRun {
  readonly stack: string;
  readonly folder: string;
  /** The synthesised output, which the folder is in. */
  readonly output: string;
  /** The preview, and the kind of its stack: where its jobs run. */
  readonly jobs: Pick<PreviewJobs, 'target' | 'label'>;
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
  const { stack, output, jobs, env, signal, report, apply } = run;
  const outcome = await withStackPlan(
    stack,
    { output, env, signal, isProtected: false, mayApply: apply, progress: report },
    async (plan) => {
      report(reportText(plan.verdict));
      if (!plan.verdict.passed) throw new CommandError(`the guard refuses the plan of ${stack}`);
      if (apply) applied(await plan.apply((line) => report(`  ${line}`)));
    },
  );
  if ('notPlanned' in outcome) {
    const { notPlanned } = outcome;
    const step = notPlanned.status === 'failed' ? notPlanned.step : undefined;
    throw new CommandError(
      `${step === undefined ? `${stack} cannot be planned` : `terraform ${step} failed`}\n${notPlanned.reason}`,
    );
  }
  if (!apply) return 'planned';
  await runJobs(after, { ...jobs, signal, report });
  return 'deployed';
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
