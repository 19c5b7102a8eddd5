/** What EC2 does by itself when the host fails: moves it off broken hardware, restarts a system that hangs. */
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';

/** Seconds between status checks. */
const CHECK_SECONDS = 60;

/**
 * Checks that must fail in a row. A restart waits for one more than a recovery, so that the two do not meet.
 * Source: Amazon EC2 user guide, "Create alarms that stop, terminate, reboot, or recover an instance".
 */
const FAILURES = { recover: 2, reboot: 3 } as const;

export interface RecoveryProps {
  /** The environment's name. */
  readonly environment: string;
  readonly region: string;
  readonly instanceId: string;
}

/** Two alarms with actions of EC2's own; id, addresses and volumes stay the same. */
export class Recovery extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RecoveryProps,
  ) {
    super(scope, id);
    this.alarm(
      'recover',
      'StatusCheckFailed_System',
      'The hardware below the host failed: EC2 moves the host to other hardware.',
    );
    this.alarm('reboot', 'StatusCheckFailed_Instance', 'The host does not answer although its hardware does: EC2 restarts it.');
  }

  private alarm(action: keyof typeof FAILURES, metricName: string, alarmDescription: string): void {
    const { environment, region, instanceId } = this.props;
    new CloudwatchMetricAlarm(this, action, {
      alarmName: `${environment}-box-${action}`,
      alarmDescription,
      namespace: 'AWS/EC2',
      metricName,
      dimensions: { InstanceId: instanceId },
      statistic: 'Maximum',
      period: CHECK_SECONDS,
      evaluationPeriods: FAILURES[action],
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      // A stopped host reports nothing, and nothing is wrong with it.
      treatMissingData: 'missing',
      alarmActions: [`arn:aws:automate:${region}:ec2:${action}`],
    });
  }
}
