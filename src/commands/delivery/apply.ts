/** Applies stacks of an environment in deploy order, each only when its plan is one that was reviewed. */
import { errorsIn } from '../../terraform/runner/errors';
import { isUndeployed, onlyCreates } from './first-deployment';
import { describeReport, planStack, type PlanContext } from './plan';
import type { PlannedReport } from './stack-report';

export interface ApplyContext extends PlanContext {
  /** Stack to the digest that reviewers of the pull request were shown. */
  readonly reviewed: Readonly<Record<string, string>>;
  /** Stack to the digest that was approved since. */
  readonly approved: Readonly<Record<string, string>>;
  /** Stacks whose first deployment was approved without a plan: they could not be planned before the stacks that they read. */
  readonly creates: readonly string[];
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
    const outcome = { isApplied: false };
    // The plan that was judged is applied, not a second one.
    const report = await planStack(stack, new Set(), context, async (planned, apply) => {
      context.progress(describeReport(planned));
      if (!planned.guard.passed || planned.actions.length === 0 || !(await isReviewed(planned, context))) return planned;
      context.progress(`applying ${stack}`);
      const { code, stdout, stderr } = await apply();
      outcome.isApplied = true;
      return code === 0 ? planned : { status: 'failed', stack, reason: errorsIn(stderr || stdout) };
    });
    if (report.status !== 'planned') return { kind: 'failed', applied, stack, reason: report.reason };
    if (!report.guard.passed)
      return { kind: 'failed', applied, stack, reason: `the guard refuses it:\n${report.guard.markdown}` };
    if (report.actions.length === 0) continue;
    if (outcome.isApplied) applied.push(stack);
    else return { kind: 'waiting', applied, plan: report, rest: stacks.slice(index) };
  }
  return { kind: 'done', applied };
}

async function isReviewed(report: PlannedReport, context: ApplyContext): Promise<boolean> {
  const { stack, digest } = report;
  if (context.reviewed[stack] === digest || context.approved[stack] === digest) return true;
  return context.creates.includes(stack) && onlyCreates(report) && (await isUndeployed(stack, context));
}
