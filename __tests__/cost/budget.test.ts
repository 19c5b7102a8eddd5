/** The contract: from 80 % of the budget a warning, above it a refusal, each silenced by its acknowledgement. */
import { checkBudget } from '../../src/cost/budget';
import { costOfResources } from './support';

/** $7.30 a month. */
const cost = costOfResources({ aws_eip: { a: {}, b: {} } });
const check = (monthlyUsd: number, acknowledged: readonly string[] = []) => checkBudget(cost, { monthlyUsd, acknowledged });

it('says nothing without a budget, or below 80 % of it', () => {
  expect(checkBudget(cost, undefined)).toEqual([]);
  expect(check(7.3 / 0.79)).toEqual([]);
});

it('warns from 80 %', () => {
  expect(check(7.3 / 0.81)).toEqual([
    {
      rule: 'budget-nearly-used',
      path: 'observability.budget.monthlyUsd',
      accept: "acknowledge: { 'budget-nearly-used': { 'observability.budget.monthlyUsd': '<reason>' } }",
      message: expect.stringContaining('$7.30 a month is 81 %'),
    },
  ]);
  expect(check(7.3)).toHaveLength(1);
});

it('refuses above 100 %, with the amount, what costs most and how to fix it', () => {
  expect(() => check(7.29)).toThrow(
    /budget-exceeded[\s\S]*\$7\.29[\s\S]*\$7\.30 a month; most of it is public IPv4 address[\s\S]*acknowledge/,
  );
});

it('is silenced by an acknowledgement of the same rule only', () => {
  expect(check(5, ['budget-exceeded'])).toEqual([]);
  expect(check(9, ['budget-nearly-used'])).toEqual([]);
  expect(check(9, ['budget-exceeded'])).toHaveLength(1);
  expect(() => check(5, ['budget-nearly-used'])).toThrow();
});
