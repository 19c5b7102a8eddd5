/** Plans as `terraform show -json` writes them: small ones for a test, and the hand-written ones of the plan guard. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Allowance } from '../../src/checks/plan-guard/allowances';
import { judge, type Verdict } from '../../src/checks/plan-guard/judge';
import { parsePlan, type Plan } from '../../src/checks/plan-guard/plan';
import { actionsOf, type PlannedAction } from '../../src/commands/delivery/actions';

/** One entry of `resource_changes`. */
export function resourceChange(
  address: string,
  actions: readonly string[],
  { after = {}, before = {}, ...more }: Readonly<Record<string, unknown>> = {},
): object {
  const type = address.replace(/^data\./, '').split('.')[0];
  return { address, mode: 'managed', type, change: { actions, before, after, after_unknown: {} }, ...more };
}

/** A whole plan. */
export function planJson(changes: readonly object[], more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ format_version: '1.2', resource_changes: changes, ...more });
}

/** The actions of a plan of these changes. */
export function actionsIn(...changes: readonly object[]): readonly PlannedAction[] {
  const text = planJson(changes);
  return actionsOf(parsePlan('shop-test-data', text), text);
}

/** The file of a hand-written plan. */
export function planFile(name: string): string {
  return join(__dirname, '../checks/plan-guard/plans', `${name}.json`);
}

export function writtenPlan(name: string): Plan {
  return parsePlan(name, readFileSync(planFile(name), 'utf8'));
}

/** A plan of one change, with everything that Terraform writes around it. */
export function planOf(address: string, actions: readonly string[], before: unknown, after: unknown, more: object = {}): Plan {
  const [type, name] = address.split('.');
  const change = { address, mode: 'managed', type, name, change: { actions, before, after, after_unknown: {} }, ...more };
  return parsePlan('plan', JSON.stringify({ format_version: '1.2', planned_values: {}, resource_changes: [change] }));
}

/** The day on which tests judge plans. */
export const TODAY = '2026-01-15';

export function verdictOf(plan: Plan, allowances: readonly Allowance[] = [], stack = 'shop-prod-data'): Verdict {
  return judge(plan, { allowances, today: TODAY, stack });
}

/** What is refused, as `delete aws_vpc.main`. */
export function harmsOf(plan: Plan): readonly string[] {
  return verdictOf(plan).refused.map(({ harm, address }) => `${harm} ${address}`);
}
