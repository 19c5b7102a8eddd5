/** What a synthesis says about the cost of a group. Pure. */
import type { Warning } from '../config/problems/problem';
import { checkBudget } from './budget';
import { costOf } from './calculate';
import { inputOf, type CostedGroup } from './input';
import { about } from './money';

export interface Assessment {
  readonly warnings: readonly Warning[];
  /** `about $123 a month`. */
  readonly summary: string;
}

/** @throws RefusedModule when the environment is above its budget */
export function assessCost(group: CostedGroup): Assessment {
  const cost = costOf(inputOf(group));
  const unknown = cost.unknown.length === 0 ? '' : `, and ${cost.unknown.length} charges without a price`;
  return { warnings: checkBudget(cost, group.environment?.cost.limit), summary: `${about(cost.total)}${unknown}` };
}
