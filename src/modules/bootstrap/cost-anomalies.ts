/** AWS Cost Anomaly Detection of the account: unusual spending of any service, reported by e-mail. Free of charge. */
import { CeAnomalyMonitor } from '@cdktf/provider-aws/lib/ce-anomaly-monitor';
import { CeAnomalySubscription } from '@cdktf/provider-aws/lib/ce-anomaly-subscription';
import { Construct } from 'constructs';

export interface CostAnomaliesProps {
  /** `shop-cost-anomalies` */
  readonly name: string;
  readonly emails: readonly string[];
  /** US dollars of impact from which an anomaly is reported. */
  readonly minimumUsd: number;
}

/**
 * A monitor of all services, of which an account can have one, and a daily summary for each address. E-mails need no topic:
 * SNS would need one with a dedicated key ($1 a month), and would report some hours earlier at most.
 */
export class CostAnomalies extends Construct {
  constructor(scope: Construct, id: string, { name, emails, minimumUsd }: CostAnomaliesProps) {
    super(scope, id);
    const monitor = new CeAnomalyMonitor(this, 'monitor', { name, monitorType: 'DIMENSIONAL', monitorDimension: 'SERVICE' });
    new CeAnomalySubscription(this, 'subscription', {
      name,
      frequency: 'DAILY',
      monitorArnList: [monitor.arn],
      subscriber: emails.map((address) => ({ type: 'EMAIL', address })),
      thresholdExpression: {
        dimension: {
          key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
          matchOptions: ['GREATER_THAN_OR_EQUAL'],
          values: [String(minimumUsd)],
        },
      },
    });
  }
}
