/** The cost as JSON: the contract of `npm run cost -- --json`, and what a comparison reads. Pure. */
import { z } from 'zod';
import { HOURS } from '../charge';
import { groupLines, totals, type Cost, type CostLine } from '../calculate';
import { isBilled } from '../money';
import { prices } from '../prices/table';
import { plus, ZERO, type Range } from '../range';

const range = z.strictObject({ low: z.number(), expected: z.number(), high: z.number() });

const part = z.strictObject({ name: z.string(), fixed: z.number(), usage: range, total: range });

const line = z.strictObject({
  stack: z.string(),
  address: z.string(),
  kind: z.string(),
  what: z.string(),
  basis: z.enum(['fixed', 'usage']),
  price: z.strictObject({
    key: z.string(),
    region: z.string(),
    unit: z.string(),
    usd: z.number(),
    page: z.string(),
    date: z.string(),
    confidence: z.enum(['high', 'medium', 'low']),
  }),
  quantity: range,
  monthly: range,
  assumption: z.string().optional(),
});

const group = z.strictObject({
  name: z.string(),
  /** `observability.budget.monthlyUsd`; left out without one. */
  budgetUsd: z.number().optional(),
  fixed: z.number(),
  usage: range,
  total: range,
  byStack: z.array(part),
  byKind: z.array(part),
  lines: z.array(line),
  unknown: z.array(z.strictObject({ stack: z.string(), address: z.string(), reason: z.string() })),
  assumptions: z.array(z.strictObject({ name: z.string(), value: z.number(), reason: z.string() })),
});

export const costReportSchema = z.strictObject({
  /** Raised when a field changes its meaning or goes. */
  version: z.literal(1),
  currency: z.literal('USD'),
  hoursPerMonth: z.number(),
  freeTier: z.boolean(),
  /** The day on which the table of prices was checked. */
  pricesChecked: z.string(),
  groups: z.array(group),
  total: range,
});

export type CostReport = z.output<typeof costReportSchema>;
export type GroupReport = CostReport['groups'][number];

/** Whether a part costs a cent, or saves one. */
export function isWorthListing({ total }: { readonly total: Range }): boolean {
  return isBilled(total) || isBilled({ ...total, high: -total.high });
}

/** A cost, with the budget of its environment. */
export interface BudgetedCost {
  readonly cost: Cost;
  readonly budgetUsd?: number;
}

export function reportOf(costs: readonly BudgetedCost[], freeTier: boolean): CostReport {
  return {
    version: 1,
    currency: 'USD',
    hoursPerMonth: HOURS,
    freeTier,
    pricesChecked: prices().checked,
    groups: costs.map(groupOf),
    total: roundedRange(costs.map(({ cost }) => cost.total).reduce(plus, ZERO)),
  };
}

function groupOf({ cost, budgetUsd }: BudgetedCost): GroupReport {
  const { name, lines, unknown, assumptions } = cost;
  const parts = (nameOf: (one: CostLine) => string) =>
    groupLines(lines, nameOf).map((members) => ({ name: members.name, ...sums(members.lines) }));
  const byAmount = (one: GroupReport['byKind'][number], other: GroupReport['byKind'][number]): number =>
    other.total.expected - one.total.expected;
  return {
    name,
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...sums(lines),
    byStack: parts(({ stack }) => stack),
    byKind: parts(({ kind }) => kind).sort(byAmount),
    lines: lines.map(lineOf),
    unknown: [...unknown],
    assumptions: [...assumptions],
  };
}

function lineOf({ price, quantity, monthly, assumption, ...rest }: CostLine): GroupReport['lines'][number] {
  const { key, region, unit, usd, page, date, confidence } = price;
  return {
    ...rest,
    price: { key, region, unit, usd, page, date, confidence },
    quantity: roundedRange(quantity),
    monthly: roundedRange(monthly),
    ...(assumption === undefined ? {} : { assumption }),
  };
}

function sums(lines: readonly CostLine[]) {
  const { fixed, usage, total } = totals(lines);
  return { fixed: rounded(fixed), usage: roundedRange(usage), total: roundedRange(total) };
}

function roundedRange({ low, expected, high }: Range): Range {
  return { low: rounded(low), expected: rounded(expected), high: rounded(high) };
}

/** To a hundredth of a cent. */
function rounded(amount: number): number {
  return Math.round(amount * 10_000) / 10_000;
}
