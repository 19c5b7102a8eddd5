/** The primary: one RDS instance with its parameter and subnet groups. */
import { DbInstance, type DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import type { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ManagedDatabase } from '../../config/resolved/environment';
import { PORTS } from '../../config/tables/ports';
import { instanceSettings } from './instance-settings';
import { databaseParameters } from './parameters';

/** RDS's own suggestion; `admin` and `rdsadmin` are reserved. Only `database-init` and the rotation of logins use it. */
export const MASTER_USERNAME = 'postgres';

export interface PrimaryProps {
  readonly database: ManagedDatabase;
  readonly protect: boolean;
  readonly keyArn?: string;
  readonly monitoringRoleArn?: string;
  readonly parameterGroupName: string;
  readonly subnetGroupName: string;
  readonly securityGroupId: string;
  /** The arguments that set the master password. */
  readonly password: Pick<
    DbInstanceConfig,
    'manageMasterUserPassword' | 'masterUserSecretKmsKeyId' | 'passwordWo' | 'passwordWoVersion'
  >;
  readonly dependsOn: DbInstanceConfig['dependsOn'];
}

/** `aws_db_instance.database_primary`. */
export function createPrimary(scope: Construct, props: PrimaryProps): DbInstance {
  const { database, protect, parameterGroupName, subnetGroupName, securityGroupId, password, dependsOn } = props;
  return new DbInstance(scope, 'primary', {
    ...instanceSettings(props),
    ...password,
    identifier: database.identifier,
    engine: 'postgres',
    // Only the major version: RDS chooses the newest minor one, and minor upgrades cause no difference in a plan.
    engineVersion: database.version,
    allowMajorVersionUpgrade: true,
    instanceClass: database.instanceClass,
    allocatedStorage: database.storageGb,
    dbName: database.name,
    username: MASTER_USERNAME,
    port: PORTS.postgres,
    multiAz: database.multiAz,
    dbSubnetGroupName: subnetGroupName,
    vpcSecurityGroupIds: [securityGroupId],
    parameterGroupName,
    backupRetentionPeriod: database.backupRetentionDays,
    backupWindow: database.backupWindow,
    deleteAutomatedBackups: !protect,
    skipFinalSnapshot: !protect,
    finalSnapshotIdentifier: protect ? `${database.identifier}-final` : undefined,
    dependsOn,
  });
}

export interface ParameterGroupProps {
  readonly database: ManagedDatabase;
  readonly protect: boolean;
  readonly region?: string;
}

/**
 * A parameter group for the major version. A new version creates a new group next to the old one. A protected instance may use
 * the old one until its maintenance window, when RDS upgrades it: RDS refuses to delete a group in use, so Terraform keeps it.
 */
export function createParameterGroup(scope: Construct, id: string, props: ParameterGroupProps): DbParameterGroup {
  const { database, protect, region } = props;
  return new DbParameterGroup(scope, id, {
    namePrefix: `${database.identifier}-`,
    description: `PostgreSQL ${database.version} with TLS forced and slow statements logged`,
    family: `postgres${database.version}`,
    parameter: [...databaseParameters(database)],
    region,
    skipDestroy: protect || undefined,
    lifecycle: { createBeforeDestroy: true },
  });
}

/** The subnets that an instance may use. RDS requires two zones even for a single instance. */
export function createSubnetGroup(
  scope: Construct,
  id: string,
  {
    environment,
    subnetIds,
    region,
  }: { readonly environment: string; readonly subnetIds: readonly string[]; readonly region?: string },
): DbSubnetGroup {
  return new DbSubnetGroup(scope, id, {
    name: resourceName(environment, 'database', 'databaseSubnetGroup'),
    description: 'Subnets without a way to the internet',
    subnetIds: [...subnetIds],
    region,
  });
}
