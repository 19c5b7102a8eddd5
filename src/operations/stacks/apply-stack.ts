/** Plans one stack, shows the plan, asks, and applies exactly this plan. */
import { summaryOf } from '../../checks/plan-changes/counts';
import { errorsIn } from '../../terraform/runner/errors';
import { halfWayOf, type HalfWay } from './half-way';
import type { PlannedStack } from './plan-stacks';
import { withStackPlan, type StackPlan, type StackPlanOptions } from './stack-plan';

export type ApplyResult = { readonly stack: string } & (
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'applied'; readonly summary: string }
  /** The guard refuses the plan: nothing was applied. */
  | { readonly outcome: 'refused' }
  /** A person said no: nothing was applied. */
  | { readonly outcome: 'declined' }
  /** A stack that it reads is not deployed. */
  | { readonly outcome: 'later'; readonly reason: string }
  | { readonly outcome: 'failed' | 'interrupted'; readonly reason: string; readonly halfWay?: HalfWay }
);

export interface ApplyStackOptions extends Omit<StackPlanOptions, 'mayApply'> {
  /** Shows a plan to a person. */
  readonly show: (plan: PlannedStack) => void;
  /** Asks whether a plan is applied; not called for an empty or refused one. */
  readonly ask: (plan: StackPlan) => Promise<boolean>;
  readonly progress: (line: string) => void;
  /** Whether the guard decides. A destruction is decided by a person. @default true */
  readonly guarded?: boolean;
}

export async function applyStack(stack: string, options: ApplyStackOptions): Promise<ApplyResult> {
  const { signal, progress } = options;
  if (isAborted(signal)) return { stack, outcome: 'interrupted', reason: 'before it was planned' };
  progress(`planning ${stack}`);
  const planned = await withStackPlan(stack, { ...options, mayApply: true }, (plan) => useOf(plan, options));
  if ('value' in planned) return planned.value;
  const { status, reason } = planned.notPlanned;
  if (isAborted(signal)) return { stack, outcome: 'interrupted', reason: 'while it was planned' };
  return { stack, outcome: status, reason };
}

async function useOf(plan: StackPlan, { signal, show, ask, progress, guarded = true }: ApplyStackOptions): Promise<ApplyResult> {
  const { stack, changes, verdict } = plan;
  if (changes.length > 0 || (guarded && !verdict.passed)) show({ status: 'planned', ...plan });
  if (guarded && !verdict.passed) return { stack, outcome: 'refused' };
  if (changes.length === 0) return { stack, outcome: 'unchanged' };
  if (!(await ask(plan))) return { stack, outcome: 'declined' };
  progress(`applying ${stack}`);
  const { code, stderr, errors, ...applied } = await plan.apply((line) => progress(`  ${line}`));
  if (code === 0) return { stack, outcome: 'applied', summary: summaryOf(changes) };
  const reason = errors.length > 0 ? errors.join('\n\n') : errorsIn(stderr === '' ? 'terraform printed no error' : stderr);
  return {
    stack,
    outcome: isAborted(signal) ? 'interrupted' : 'failed',
    reason,
    halfWay: halfWayOf(changes, applied),
  };
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;
