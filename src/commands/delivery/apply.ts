/** Applies stacks of an environment in deploy order, each only when its plan is one that was reviewed. */
import { halfWayOf, type HalfWay } from '../../operations/stacks/half-way';
import { isUndeployed } from '../../operations/stacks/undeployed';
import { errorsIn } from '../../terraform/runner/errors';
import { onlyCreates } from './first-deployment';
import { describeReport, planStack, type Judged, type PlanContext } from './plan';
import type { Shown } from './reviewed';
import type { PlannedReport, StackReport } from './stack-report';

export interface ApplyContext extends PlanContext {
  /** What reviewers of the pull request were shown. */
  readonly reviewed: Shown;
  /** What was approved since. */
  readonly approved: Shown;
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
  | {
      readonly kind: 'failed';
      readonly applied: readonly string[];
      readonly stack: string;
      readonly reason: string;
      /** What the guard found, as Markdown. */
      readonly findings?: string;
      /** Of the stack that failed; undefined when its apply was not started. */
      readonly halfWay?: HalfWay;
    };

type StackOutcome =
  | { readonly kind: 'nothing to do' }
  | { readonly kind: 'applied' }
  | { readonly kind: 'waiting'; readonly plan: PlannedReport }
  | { readonly kind: 'failed'; readonly reason: string; readonly findings?: string; readonly halfWay?: HalfWay };

/** Plans each stack right before it is applied; the first plan that was not reviewed stops the deployment. */
export async function applyEnvironment(stacks: readonly string[], context: ApplyContext): Promise<ApplyOutcome> {
  const applied: string[] = [];
  for (const [index, stack] of stacks.entries()) {
    if (context.signal?.aborted === true) return { kind: 'failed', applied, stack, reason: 'interrupted before it was planned' };
    context.progress(`planning ${stack}`);
    // The plan that was judged is applied, not a second one.
    const planned = await planStack(stack, { ...context, changing: new Set(), mayApply: true }, (judged) =>
      useOf(judged, context),
    );
    const outcome = isReport(planned) ? notPlanned(planned) : planned;
    switch (outcome.kind) {
      case 'nothing to do':
        break;
      case 'applied':
        applied.push(stack);
        break;
      case 'waiting':
        return { kind: 'waiting', applied, plan: outcome.plan, rest: stacks.slice(index) };
      case 'failed':
        return { ...outcome, applied, stack };
    }
  }
  return { kind: 'done', applied };
}

function isReport(outcome: StackReport | StackOutcome): outcome is StackReport {
  return 'status' in outcome;
}

function notPlanned(report: StackReport): StackOutcome {
  return { kind: 'failed', reason: report.status === 'planned' ? 'it was not judged' : report.reason };
}

async function useOf({ report, digests, apply }: Judged, context: ApplyContext): Promise<StackOutcome> {
  context.progress(describeReport(report, context.color));
  const { stack, guard, actions } = report;
  if (!guard.passed) return { kind: 'failed', reason: 'the guard refuses it', findings: guard.markdown };
  if (actions.length === 0) return { kind: 'nothing to do' };
  const isShown = ({ digests: plans, changes }: Shown): boolean =>
    plans[stack] === report.digest || digests.areAmong(changes[stack] ?? []);
  const isFirst = async (): Promise<boolean> =>
    context.creates.includes(stack) && onlyCreates(report) && (await isUndeployed(stack, context));
  if (!isShown(context.reviewed) && !isShown(context.approved) && !(await isFirst())) return { kind: 'waiting', plan: report };
  context.progress(`applying ${stack}`);
  const { code, stderr, done, failed, errors } = await apply((line) => context.progress(`  ${line}`));
  if (code === 0) return { kind: 'applied' };
  const reason = errors.length > 0 ? errors.join('\n\n') : errorsIn(stderr === '' ? 'terraform printed no error' : stderr);
  return {
    kind: 'failed',
    reason: context.signal?.aborted === true ? `interrupted\n\n${reason}` : reason,
    halfWay: halfWayOf(actions, { done, failed }),
  };
}
