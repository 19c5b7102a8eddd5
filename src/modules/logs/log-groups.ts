/** The CloudWatch log groups of containers, which outlive the tier that writes to them. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Construct } from 'constructs';
import type { ResolvedLogGroup } from '../../config/resolved/environment';
import { keepWhenProtected } from '../../terraform/lifecycle';

export interface LogGroupsProps {
  readonly groups: readonly ResolvedLogGroup[];
  readonly retentionDays: number;
  /** A key whose policy allows CloudWatch Logs; without one, CloudWatch encrypts with its own. */
  readonly keyArn?: string;
  /** `prevent_destroy`. */
  readonly protect: boolean;
}

export class LogGroups extends Construct {
  /** Group key to its name and ARN. */
  public readonly handover: Readonly<Record<string, { readonly name: string; readonly arn: string }>>;

  constructor(scope: Construct, id: string, { groups, retentionDays, keyArn, protect }: LogGroupsProps) {
    super(scope, id);
    const entries = groups.map(({ key, name }) => {
      const group = new CloudwatchLogGroup(this, key, {
        name,
        retentionInDays: retentionDays,
        kmsKeyId: keyArn,
        lifecycle: keepWhenProtected(protect),
      });
      return [key, { name: group.name, arn: group.arn }] as const;
    });
    this.handover = Object.fromEntries(entries);
  }
}
