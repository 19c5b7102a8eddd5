/** Plans as `terraform show -json` writes them: small ones for a test, and the hand-written ones of the plan guard. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Allowance } from '../../src/checks/plan-guard/allowances';
import { judge, type Verdict } from '../../src/checks/plan-guard/judge';
import { parsePlan, type Plan } from '../../src/checks/plan-guard/plan';
import { shownChanges, type ShownChange } from '../../src/checks/plan-changes/changes';
import { PlanDigests } from '../../src/checks/plan-changes/digests';
import { readPlanDocument } from '../../src/checks/plan-changes/plan-document';
import type { PlannedReport } from '../../src/commands/delivery/stack-report';
import type { RootModule } from '../../src/terraform/root-module';

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

/** The change of one resource, with values. */
export function valueChange(
  address: string,
  actions: readonly string[],
  before: unknown,
  after: unknown,
  marks: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): object {
  const type = address.replace(/^(module\.[^.]+\.)+/, '').split('.')[0];
  return { address, mode: 'managed', type, change: { actions, before, after, after_unknown: {}, ...marks }, ...more };
}

/** The digests of a plan. */
export function digestsOf(text: string, { stack = 'shop-test-network', key, module }: DigestsOf = {}): PlanDigests {
  return new PlanDigests(readPlanDocument(stack, text), { stack, key, module });
}

interface DigestsOf {
  readonly stack?: string;
  readonly key?: string;
  readonly module?: RootModule;
}

/** The changes of a plan as they are shown. */
export function shownIn(text: string, module?: RootModule): readonly ShownChange[] {
  return shownChanges(readPlanDocument('a plan', text), module);
}

/** The lines of a plan's only change. */
export function linesOf(change: object, module?: RootModule): readonly string[] {
  return shownIn(planJson([change]), module)[0]?.lines ?? [];
}

/** The report of a planned stack. */
export function plannedStack(stack: string, changes: Partial<PlannedReport> = {}): PlannedReport {
  return {
    status: 'planned',
    stack,
    actions: [{ address: 'aws_vpc.main', action: 'create', attributes: [], lines: ['+ cidr_block = "10.0.0.0/16"'] }],
    digest: 'a'.repeat(64),
    changes: [],
    guard: { passed: true, markdown: '' },
    deletedOutside: [],
    ...changes,
  };
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
