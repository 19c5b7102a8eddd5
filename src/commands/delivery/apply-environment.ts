/** Applies stacks of an environment in deploy order, each only when exactly this was reviewed. */
import { join } from 'node:path';
import { errorsIn } from '../../terraform/runner/errors';
import { describeReport } from './plan-environment';
import { planStack, terraform } from './plan-stack';
import type { PlannedReport, StackReport } from './stack-report';

export interface ApplyEnvironmentOptions {
  readonly stacks: readonly string[];
  readonly output: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: (text: string) => void;
  /** Stack to the digest that reviewers of the pull request were shown. */
  readonly reviewed: Readonly<Record<string, string>>;
  /** Stack to the digest that somebody has approved since. */
  readonly approved: Readonly<Record<string, string>>;
}

/** Where it stopped. */
export type ApplyOutcome =
  | { readonly kind: 'done'; readonly applied: readonly string[] }
  /** The plan does something that nobody has looked at. */
  | {
      readonly kind: 'waiting';
      readonly applied: readonly string[];
      readonly plan: PlannedReport;
      readonly rest: readonly string[];
    }
  | { readonly kind: 'failed'; readonly applied: readonly string[]; readonly stack: string; readonly reason: string };

/** Plans each stack again right before it is applied; the first that differs from what was reviewed stops everything after it. */
export async function applyEnvironment(options: ApplyEnvironmentOptions): Promise<ApplyOutcome> {
  const { stacks, output, env, tell } = options;
  const applied: string[] = [];
  for (const [index, stack] of stacks.entries()) {
    tell(`planning ${stack}`);
    const folder = join(output, 'stacks', stack);
    const report = await planStack({ folder, stack, changing: new Set(), env }, async (planned, planFile) => {
      tell(describeReport(planned));
      return planned.status === 'planned' && mayApply(planned, options)
        ? await applyPlan(planned, folder, planFile, options)
        : planned;
    });
    if (report.status !== 'planned') return { kind: 'failed', applied, stack, reason: report.reason };
    if (!report.guard.passed)
      return { kind: 'failed', applied, stack, reason: `the guard refuses it:\n${report.guard.markdown}` };
    if (report.actions.length === 0) continue;
    if (!isSeen(report, options)) return { kind: 'waiting', applied, plan: report, rest: stacks.slice(index) };
    applied.push(stack);
  }
  return { kind: 'done', applied };
}

function mayApply(report: PlannedReport, options: ApplyEnvironmentOptions): boolean {
  return report.guard.passed && report.actions.length > 0 && isSeen(report, options);
}

function isSeen({ stack, digest }: PlannedReport, { reviewed, approved }: ApplyEnvironmentOptions): boolean {
  return reviewed[stack] === digest || approved[stack] === digest;
}

/** Exactly the plan that was judged, not one made anew. */
async function applyPlan(
  report: PlannedReport,
  folder: string,
  planFile: string,
  { env, tell }: ApplyEnvironmentOptions,
): Promise<StackReport> {
  tell(`applying ${report.stack}`);
  const { code, stdout, stderr } = await terraform(folder, ['apply', '-no-color', planFile], env);
  return code === 0 ? report : { status: 'failed', stack: report.stack, reason: errorsIn(stderr || stdout) };
}
