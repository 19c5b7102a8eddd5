/** What the primary and its replicas have in common: one place, so that a promoted replica is as safe as the primary was. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { ManagedDatabase } from '../../config/resolved/environment';
import { keepWhenProtected } from '../../terraform/lifecycle';

/** The certificate authority that clients must trust; valid until 2061. Source: RDS user guide, "Using SSL/TLS". */
const CERTIFICATE_AUTHORITY = 'rds-ca-rsa2048-g1';

/** The retention of query statistics that costs nothing, in days. */
const FREE_INSIGHTS_DAYS = 7;

/** The logs that RDS sends to CloudWatch. */
const EXPORTED_LOGS = ['postgresql', 'upgrade'] as const;

export interface InstanceSettingsProps {
  readonly database: ManagedDatabase;
  readonly protect: boolean;
  /** A key of the instance's region; without one, RDS's own. Changing it replaces the instance. */
  readonly keyArn?: string;
  /** Present with enhanced monitoring. */
  readonly monitoringRoleArn?: string;
}

/**
 * Arguments of every instance.
 * gp3 stands without IOPS and throughput: below 400 GB RDS refuses even its baseline (3000 IOPS, 125 MB/s), and above it
 * gives its higher baseline by itself.
 */
export function instanceSettings({ database, protect, keyArn, monitoringRoleArn }: InstanceSettingsProps) {
  const insights = database.performanceInsights;
  return {
    storageType: 'gp3',
    storageEncrypted: true,
    kmsKeyId: keyArn,
    maxAllocatedStorage: database.maxStorageGb,
    publiclyAccessible: false,
    caCertIdentifier: CERTIFICATE_AUTHORITY,
    iamDatabaseAuthenticationEnabled: database.iamAuthentication,
    maintenanceWindow: database.maintenanceWindow,
    autoMinorVersionUpgrade: database.autoMinorVersionUpgrade,
    // A protected database changes in its maintenance window; another at once.
    applyImmediately: !protect,
    monitoringInterval: database.enhancedMonitoringSeconds,
    monitoringRoleArn,
    performanceInsightsEnabled: insights,
    performanceInsightsRetentionPeriod: insights ? FREE_INSIGHTS_DAYS : undefined,
    performanceInsightsKmsKeyId: insights ? keyArn : undefined,
    enabledCloudwatchLogsExports: [...EXPORTED_LOGS],
    copyTagsToSnapshot: true,
    deletionProtection: protect,
    lifecycle: keepWhenProtected(protect),
  } satisfies Partial<DbInstanceConfig>;
}

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
