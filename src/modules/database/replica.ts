/**
 * A read replica of the primary, in its region or in another.
 *
 * Engine, size, name and logins are the primary's. In another region it needs a subnet group, a parameter group and a key of
 * that region.
 */
import { DataAwsKmsKey } from '@cdktf/provider-aws/lib/data-aws-kms-key';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ManagedDatabase, ResolvedReplica } from '../../config/resolved/environment';
import type { NetworkHandover } from '../../contracts/handovers';
import { required } from '../../contracts/lookups';
import { EnvironmentKey } from '../encryption/environment-key';
import { createDatabaseLogs, instanceSettings } from './instance-settings';
import { createParameterGroup, createSubnetGroup } from './primary';

/** The AWS-managed key, which RDS creates when it is first used in a region. */
const RDS_KEY_ALIAS = 'alias/aws/rds';

/** Copying a primary to another region takes longer than the provider's default. */
const TIMEOUTS = { create: '3h', update: '2h', delete: '2h' } as const;

export interface ReplicaProps {
  readonly replica: ResolvedReplica;
  readonly database: ManagedDatabase;
  readonly primary: DbInstance;
  readonly protect: boolean;
  /** The primary's region. */
  readonly region: string;
  readonly accountId: string;
  /** The environment's name. */
  readonly environment: string;
  /** The primary's, for replicas in its region. */
  readonly securityGroupId: string;
  readonly parameterGroupName: string;
  readonly keyArn?: string;
  readonly monitoringRoleArn?: string;
  /** For replicas in other regions. */
  readonly replicaNetworks: NetworkHandover['replicaNetworks'];
  readonly logRetentionDays?: number;
}

/** What depends on the replica's region. */
interface RegionalSettings {
  readonly replicateSourceDb: string;
  readonly region?: string;
  readonly keyArn?: string;
  readonly parameterGroupName: string;
  readonly subnetGroupName?: string;
  readonly securityGroupId: string;
}

/** One replica. */
export class Replica extends Construct {
  public readonly host: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ReplicaProps,
  ) {
    super(scope, id);
    const { replica, database, protect, monitoringRoleArn, region } = props;
    const regional = replica.region === region ? this.settingsInPrimaryRegion() : this.createSettingsInOtherRegion();
    const logs = createDatabaseLogs(this, {
      identifier: replica.name,
      region: regional.region,
      retentionDays: props.logRetentionDays,
    });
    const instance = new DbInstance(this, 'instance', {
      ...instanceSettings({ database, protect, monitoringRoleArn, keyArn: regional.keyArn }),
      // In the primary's region the storage always has the primary's key.
      kmsKeyId: regional.region === undefined ? undefined : regional.keyArn,
      identifier: replica.name,
      instanceClass: replica.instanceClass,
      replicateSourceDb: regional.replicateSourceDb,
      region: regional.region,
      dbSubnetGroupName: regional.subnetGroupName,
      vpcSecurityGroupIds: [regional.securityGroupId],
      parameterGroupName: regional.parameterGroupName,
      multiAz: false,
      // The primary's backups cover its rows, and RDS takes no final snapshot of a replica.
      backupRetentionPeriod: 0,
      skipFinalSnapshot: true,
      timeouts: TIMEOUTS,
      dependsOn: [...logs],
    });
    this.host = instance.address;
  }

  /** The source by its identifier, and no subnet group: RDS uses the primary's. */
  private settingsInPrimaryRegion(): RegionalSettings {
    const { primary, keyArn, parameterGroupName, securityGroupId } = this.props;
    return { replicateSourceDb: primary.identifier, keyArn, parameterGroupName, securityGroupId };
  }

  /** The source by its ARN, with groups and a key of the replica's region. */
  private createSettingsInOtherRegion(): RegionalSettings {
    const { replica, database, primary, environment, protect, replicaNetworks } = this.props;
    const { region, key } = replica;
    const network = required(replicaNetworks[region], `the network of the replica ${key} in ${region}`);
    return {
      replicateSourceDb: primary.arn,
      region,
      keyArn: this.createKey(),
      parameterGroupName: createParameterGroup(this, 'parameters', { database, protect, region }).name,
      subnetGroupName: createSubnetGroup(this, 'subnets', {
        // A region can hold several replicas, each with a subnet group.
        environment: resourceName(environment, key, 'database'),
        subnetIds: network.subnetIds,
        region,
      }).name,
      securityGroupId: network.securityGroupId,
    };
  }

  /** An encrypted replica in another region needs the ARN of a key there. */
  private createKey(): string {
    const { replica, environment, protect, keyArn, accountId } = this.props;
    const { region, key } = replica;
    if (keyArn === undefined) return new DataAwsKmsKey(this, 'key', { keyId: RDS_KEY_ALIAS, region }).arn;
    return new EnvironmentKey(this, 'key', {
      alias: `${environment}-${key}`,
      description: `${environment}: the database replica ${key}`,
      accountId,
      region,
      protect,
    }).arn;
  }
}
