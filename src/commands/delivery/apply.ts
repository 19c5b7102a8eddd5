/** Applies stacks of an environment in deploy order, each only when its plan is one that was reviewed. */
import { errorsIn } from '../../terraform/runner/errors';
import { describeReport, planStack, type PlanContext } from './plan';
import type { PlannedReport } from './stack-report';

export interface ApplyContext extends PlanContext {
  /** Stack to the digest that reviewers of the pull request were shown. */
  readonly reviewed: Readonly<Record<string, string>>;
  /** Stack to the digest that was approved since. */
  readonly approved: Readonly<Record<string, string>>;
}

/** How far the deployment came. */
export type ApplyOutcome =
  | { readonly kind: 'done'; readonly applied: readonly string[] }
  /** The next plan was not reviewed. */
  | {
      readonly kind: 'waiting';
      readonly applied: readonly string[];
      readonly plan: PlannedReport;
      readonly rest: readonly string[];
    }
  | { readonly kind: 'failed'; readonly applied: readonly string[]; readonly stack: string; readonly reason: string };

/** Plans each stack right before it is applied; the first plan that was not reviewed stops the deployment. */
export async function applyEnvironment(stacks: readonly string[], context: ApplyContext): Promise<ApplyOutcome> {
  const applied: string[] = [];
  for (const [index, stack] of stacks.entries()) {
    context.progress(`planning ${stack}`);
    // The plan that was judged is applied, not a second one.
    const report = await planStack(stack, new Set(), context, async (planned, apply) => {
      context.progress(describeReport(planned));
      if (!planned.guard.passed || planned.actions.length === 0 || !isReviewed(planned, context)) return planned;
      context.progress(`applying ${stack}`);
      const { code, stdout, stderr } = await apply();
      return code === 0 ? planned : { status: 'failed', stack, reason: errorsIn(stderr || stdout) };
    });
    if (report.status !== 'planned') return { kind: 'failed', applied, stack, reason: report.reason };
    if (!report.guard.passed)
      return { kind: 'failed', applied, stack, reason: `the guard refuses it:\n${report.guard.markdown}` };
    if (report.actions.length === 0) continue;
    if (!isReviewed(report, context)) return { kind: 'waiting', applied, plan: report, rest: stacks.slice(index) };
    applied.push(stack);
  }
  return { kind: 'done', applied };
}

function isReviewed({ stack, digest }: PlannedReport, { reviewed, approved }: ApplyContext): boolean {
  return reviewed[stack] === digest || approved[stack] === digest;
}
