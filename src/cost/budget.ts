/** The contract about the cost of a month: what synthesis warns of and refuses. Pure. */
import type { CostLimit } from '../config/resolved/cost';
import { formatProblems, type Warning } from '../config/problems/problem';
import { acknowledgementLine } from '../config/rules/acknowledgement';
import { BUDGET_EXCEEDED, BUDGET_NEARLY_USED } from '../config/rules/synthesis-rules';
import { RefusedModule } from '../terraform/root-module';
import type { Cost } from './calculate';
import { dollars } from './money';

/** Share of the budget from which it is nearly used. */
const NEARLY = 0.8;

/**
 * Compares the expected cost with the budget.
 * @returns warnings that the environment has not acknowledged
 * @throws RefusedModule when the cost is above the budget and the environment has not acknowledged it
 */
export function checkBudget({ name, total, lines }: Cost, limit: CostLimit | undefined): readonly Warning[] {
  if (limit === undefined) return [];
  const { monthlyUsd, acknowledged } = limit;
  const share = total.expected / monthlyUsd;
  if (share > 1) {
    if (acknowledged.includes(BUDGET_EXCEEDED.id)) return [];
    throw new RefusedModule(
      formatProblems(name, [
        {
          path: BUDGET_EXCEEDED.path,
          received: dollars(monthlyUsd),
          allowed: `at least the estimated ${dollars(total.expected)} a month; most of it is ${largest(lines)}`,
          fix: `raise the budget, or use less (\`npm run cost -- ${name} --advise\`)`,
          rule: BUDGET_EXCEEDED.id,
          accept: acknowledgementLine(BUDGET_EXCEEDED, BUDGET_EXCEEDED),
        },
      ]),
    );
  }
  if (share < NEARLY || acknowledged.includes(BUDGET_NEARLY_USED.id)) return [];
  const message = `the estimated ${dollars(total.expected)} a month is ${Math.round(share * 100)} % of it; \`npm run cost -- ${name}\` shows what costs`;
  return [
    {
      rule: BUDGET_NEARLY_USED.id,
      path: BUDGET_NEARLY_USED.path,
      message,
      accept: acknowledgementLine(BUDGET_NEARLY_USED, BUDGET_NEARLY_USED),
    },
  ];
}

/** The three largest charges, in words. */
function largest(lines: Cost['lines']): string {
  return [...lines]
    .sort((one, other) => other.monthly.expected - one.monthly.expected)
    .slice(0, 3)
    .map(({ what, monthly }) => `${what} (${dollars(monthly.expected)})`)
    .join(', ');
}
