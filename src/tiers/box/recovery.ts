/** Automatic recovery by EC2: moves the host away from failed hardware, restarts an operating system that hangs. */
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';

/** Seconds between status checks. */
const CHECK_SECONDS = 60;

/**
 * Consecutive failed checks. A restart needs one more than a recovery, so that the two do not coincide.
 * Source: Amazon EC2 user guide, "Create alarms that stop, terminate, reboot, or recover an instance".
 */
const FAILURES = { recover: 2, reboot: 3 } as const;

export interface RecoveryProps {
  /** The environment's name. */
  readonly environment: string;
  readonly region: string;
  readonly instanceId: string;
}

/** Two alarms with actions of EC2. Instance id, addresses and volumes stay the same. */
export class Recovery extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RecoveryProps,
  ) {
    super(scope, id);
    this.createAlarm(
      'recover',
      'StatusCheckFailed_System',
      'The underlying hardware failed: EC2 moves the host to other hardware.',
    );
    this.createAlarm(
      'reboot',
      'StatusCheckFailed_Instance',
      'The operating system does not respond, although the hardware does: EC2 restarts the host.',
    );
  }

  private createAlarm(action: keyof typeof FAILURES, metricName: string, alarmDescription: string): void {
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
      // A stopped host reports no data, which is no failure.
      treatMissingData: 'missing',
      alarmActions: [`arn:aws:automate:${region}:ec2:${action}`],
    });
  }
}
