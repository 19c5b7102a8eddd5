/** The log groups of an RDS instance, made before RDS makes them: its own would be kept for ever. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { EXPORTED_LOGS } from './instance-settings';

export interface DatabaseLogsProps {
  /** The instance's identifier, which RDS names the groups after. */
  readonly identifier: string;
  readonly region?: string;
  /** Without a number there are no groups of ours, and RDS makes its own. */
  readonly retentionDays?: number;
}

/** A group for each exported log; the instance must wait for them. */
export function createDatabaseLogs(
  scope: Construct,
  { identifier, region, retentionDays }: DatabaseLogsProps,
): readonly ITerraformDependable[] {
  if (retentionDays === undefined) return [];
  return EXPORTED_LOGS.map(
    (log) =>
      new CloudwatchLogGroup(scope, `logs-${log}`, {
        name: `/aws/rds/instance/${identifier}/${log}`,
        retentionInDays: retentionDays,
        region,
      }),
  );
}
