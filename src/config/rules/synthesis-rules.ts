/**
 * Rules that need the synthesised resources, so that synthesis checks them and not this folder (src/cost/budget.ts). They are listed
 * here because `acknowledge` names them.
 */
import type { Rule } from './rule';

export interface SynthesisRule extends Pick<Rule, 'id' | 'severity' | 'summary'> {
  /** Where all its findings are. */
  readonly path: string;
}

export const BUDGET_EXCEEDED = {
  id: 'budget-exceeded',
  severity: 'risk',
  summary: 'The estimated cost of a month is not above `observability.budget.monthlyUsd`.',
  path: 'observability.budget.monthlyUsd',
} as const satisfies SynthesisRule;

export const BUDGET_NEARLY_USED = {
  id: 'budget-nearly-used',
  severity: 'warning',
  summary: 'The estimated cost of a month is below 80 % of `observability.budget.monthlyUsd`.',
  path: 'observability.budget.monthlyUsd',
} as const satisfies SynthesisRule;

export const SYNTHESIS_RULES: readonly SynthesisRule[] = [BUDGET_EXCEEDED, BUDGET_NEARLY_USED];
