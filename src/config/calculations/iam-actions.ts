/** What the tables of IAM actions say about one action of a policy. Pure. */
import { ESCALATION_ACTIONS, UNSCOPED_ACTIONS, type EscalationActions, type UnscopedActions } from '../tables/iam-actions';
import { matchesPattern, patternsOverlap } from './wildcards';

/** IAM compares actions without case. */
const lower = (action: string): string => action.toLowerCase();

/** What an action of a policy gains, for each kind of escalation that it includes. */
export function gainsOf(action: string): readonly string[] {
  return escalationsOf(action).map(({ gains }) => gains);
}

/**
 * The kinds of escalation that an action of a policy includes.
 * @param action may contain wildcards: `lambda:*` includes `lambda:UpdateFunctionCode`
 */
export function escalationsOf(action: string): readonly EscalationActions[] {
  const wanted = lower(action);
  return ESCALATION_ACTIONS.filter(
    ({ actions, except = [] }) =>
      actions.some((pattern) => patternsOverlap(lower(pattern), wanted)) &&
      !except.some((pattern) => matchesPattern(lower(pattern), wanted)),
  );
}

/** Why an action may be allowed on every resource; undefined when AWS can narrow it. */
export function whyUnscoped(action: string): UnscopedActions | undefined {
  const wanted = lower(action);
  return UNSCOPED_ACTIONS.find(({ actions }) => actions.some((pattern) => matchesPattern(lower(pattern), wanted)));
}

/** Whether the action is every action, or every action of a service. */
export function isWholeService(action: string): boolean {
  return /^(\*|[^:]*:\*+)$/.test(action) || /^[^:]*[*?][^:]*:/.test(action);
}
