/** What the primary and its replicas share, so that a promoted replica is as well protected as the primary was. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { ManagedDatabase } from '../../config/resolved/environment';
import { RDS_CERTIFICATE_AUTHORITY } from '../../config/tables/rds-certificates';
import { keepWhenProtected } from '../../terraform/lifecycle';

/** Days for which query statistics are kept free of charge. */
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
 * gp3 has no IOPS and throughput arguments: below 400 GB RDS refuses even the baseline (3000 IOPS, 125 MB/s), and above it
 * RDS applies the higher baseline itself.
 */
export function instanceSettings({ database, protect, keyArn, monitoringRoleArn }: InstanceSettingsProps) {
  const insights = database.performanceInsights;
  return {
    storageType: 'gp3',
    storageEncrypted: true,
    kmsKeyId: keyArn,
    maxAllocatedStorage: database.maxStorageGb,
    publiclyAccessible: false,
    caCertIdentifier: RDS_CERTIFICATE_AUTHORITY,
    iamDatabaseAuthenticationEnabled: database.iamAuthentication,
    maintenanceWindow: database.maintenanceWindow,
    autoMinorVersionUpgrade: database.autoMinorVersionUpgrade,
    applyImmediately: database.applyImmediately,
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
  /** The instance's identifier, which is part of the groups' names. */
  readonly identifier: string;
  readonly region?: string;
  /** @default RDS creates the groups itself, and they never expire */
  readonly retentionDays?: number;
}

/** A log group for each exported log. The instance must depend on them: RDS would create its own, which never expire. */
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
