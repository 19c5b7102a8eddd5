/** One CloudWatch log group. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Construct } from 'constructs';

export interface LogGroupProps {
  readonly name: string;
  readonly retentionDays: number;
  /** A KMS key whose policy admits CloudWatch Logs. @default CloudWatch's own key */
  readonly keyArn?: string;
}

export class LogGroup extends Construct {
  public readonly name: string;
  public readonly arn: string;

  constructor(scope: Construct, id: string, { name, retentionDays, keyArn }: LogGroupProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, 'Default', { name, retentionInDays: retentionDays, kmsKeyId: keyArn });
    this.name = group.name;
    this.arn = group.arn;
  }
}
