/** The monthly budget of an environment. */
import { BudgetsBudget, type BudgetsBudgetNotification } from '@cdktf/provider-aws/lib/budgets-budget';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedObservability } from '../../config/resolved/observability';

export interface MonthlyBudgetProps {
  /** The environment's name, and the value of its tag `environment`. */
  readonly environment: string;
  readonly budget: NonNullable<ResolvedObservability['budget']>;
  readonly topicArn: string;
  /** AWS refuses a budget without permission to publish to its topic. */
  readonly after: readonly ITerraformDependable[];
}

/** A monthly cost budget of AWS Budgets. Budgets that only notify are free of charge. */
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

/** Makes `environment` a cost allocation tag; AWS knows the tag a day after the first resource has it. */
export const ACTIVATE_COST_TAG =
  'aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=environment,Status=Active';
