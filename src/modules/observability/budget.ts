/** What a month may cost, and who hears of it before it does. */
import { BudgetsBudget, type BudgetsBudgetNotification } from '@cdktf/provider-aws/lib/budgets-budget';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedObservability } from '../../config/resolved/observability';

export interface MonthlyBudgetProps {
  /** The environment's name, and the value of the tag that it is known by. */
  readonly environment: string;
  readonly budget: NonNullable<ResolvedObservability['budget']>;
  readonly topicArn: string;
  /** AWS refuses a budget that may not publish to its topic. */
  readonly after: readonly ITerraformDependable[];
}

/** A monthly cost budget of AWS Budgets; the first two of an account are free, as are notices. */
export class MonthlyBudget extends Construct {
  constructor(scope: Construct, id: string, { environment, budget, topicArn, after }: MonthlyBudgetProps) {
    super(scope, id);
    const { monthlyUsd, scope: covered, noticePercents, forecastPercent } = budget;
    new BudgetsBudget(this, 'monthly', {
      name: `${environment}-monthly`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: String(monthlyUsd),
      limitUnit: 'USD',
      costFilter: covered === 'environment' ? [{ name: 'TagKeyValue', values: [`user:environment$${environment}`] }] : undefined,
      notification: [
        ...noticePercents.map((percent) => notice('ACTUAL', percent, topicArn)),
        notice('FORECASTED', forecastPercent, topicArn),
      ],
      dependsOn: [...after],
    });
  }
}

function notice(notificationType: 'ACTUAL' | 'FORECASTED', threshold: number, topicArn: string): BudgetsBudgetNotification {
  return {
    comparisonOperator: 'GREATER_THAN',
    notificationType,
    threshold,
    thresholdType: 'PERCENTAGE',
    subscriberSnsTopicArns: [topicArn],
  };
}

/** Makes the tag `environment` one that costs can be told apart by; AWS knows it a day after it first stood on something. */
export const ACTIVATE_COST_TAG =
  'aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=environment,Status=Active';
