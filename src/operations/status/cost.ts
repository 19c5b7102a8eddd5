/** What this month has cost so far, against the budget. Each look costs $0.01. */
import { explained } from '../../aws/errors';
import type { Target } from '../target';
import type { StatusOptions } from './status';
import { judged, note, type Row } from './row';

/** Cost Explorer answers for the whole account, from one region. */
const COST_REGION = 'us-east-1';

/** The tag that every resource of an environment has. */
const TAG = 'environment';

export async function costRows({ aws, name, environment }: Target, { now }: StatusOptions): Promise<readonly Row[]> {
  const explorer = await aws.in(COST_REGION).costExplorer();
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  // One request for both: the environment, and the account with what has no tag.
  const { ResultsByTime: months = [] } = await explained('asking Cost Explorer', () =>
    explorer.getCostAndUsage({
      // The end is not part of it.
      TimePeriod: { Start: `${day(now).slice(0, 8)}01`, End: day(new Date(now.getTime() + 86_400_000)) },
      Granularity: 'MONTHLY',
      Metrics: ['UnblendedCost'],
      GroupBy: [{ Type: 'TAG', Key: TAG }],
    }),
  );
  const groups = months.flatMap(({ Groups: all = [] }) => all);
  const sum = (some: typeof groups): number =>
    some.reduce((total, { Metrics: metrics }) => total + Number(metrics?.UnblendedCost?.Amount ?? 0), 0);
  const spent = sum(groups.filter(({ Keys: keys = [] }) => keys.includes(`${TAG}$${name}`)));
  const account = sum(groups);
  const { monthlyUsd, scope } = environment.observability?.budget ?? {};
  const facts = {
    spentUsd: Number(spent.toFixed(2)),
    accountUsd: Number(account.toFixed(2)),
    budgetUsd: monthlyUsd ?? null,
    budgetScope: scope ?? null,
  };
  // Nothing at all means that the tag is not activated, more often than that nothing costs.
  const own = spent === 0 ? `no cost with the tag ${TAG} (is it activated in Billing?)` : `$${spent.toFixed(2)} so far`;
  if (monthlyUsd === undefined) return [note('this month', `${own}; there is no budget`, facts)];
  const counted = scope === 'account' ? account : spent;
  const whole = scope === 'account' ? `; the account $${account.toFixed(2)}` : '';
  const text = `${own}${whole}, of a budget of $${monthlyUsd} (${Math.round((counted / monthlyUsd) * 100)} %)`;
  return [judged(counted <= monthlyUsd, 'this month', text, facts)];
}
