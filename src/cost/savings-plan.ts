/** What a commitment to AWS saves: of tasks that always run. Pure. */
import type { Cost } from './calculate';
import { prices } from './prices/table';

interface PlanSaving {
  readonly field: string;
  readonly change: string;
  readonly risk: string;
  /** Dollars a month. */
  readonly usd: number;
}

/** At most one saving, where tasks of Fargate always run. */
export function planSaving({ lines }: Cost): readonly PlanSaving[] {
  const share = prices().find('savings-plans/compute.fargate.1-year-no-upfront', 'global')?.usd ?? 0;
  const fixed = lines.filter(({ basis, price }) => basis === 'fixed' && /^fargate\/(x86|arm64)\.(vcpu|memory)$/.test(price.key));
  const usd = fixed.reduce((sum, { monthly }) => sum + monthly.expected, 0) * share;
  if (usd === 0) return [];
  return [
    {
      field: 'savings plan',
      change: 'a Compute Savings Plan for one year, nothing upfront, for the tasks that always run (bought in the account)',
      risk: 'a year is paid even when the tasks go; discount as published for us-east-2',
      usd,
    },
  ];
}
