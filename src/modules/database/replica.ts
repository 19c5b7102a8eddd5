/**
 * A read replica of the primary, in its region or in another.
 *
 * It takes engine, size, name and logins from the primary, so none of them is said again. In another region it needs a
 * subnet group, a parameter group and a key of that region: none of the three crosses regions.
 */
import { DataAwsKmsKey } from '@cdktf/provider-aws/lib/data-aws-kms-key';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ManagedDatabase, ResolvedReplica } from '../../config/resolved/environment';
import type { NetworkHandover } from '../../contracts/handovers';
import { EnvironmentKey } from '../encryption/environment-key';
import { createDatabaseLogs, instanceSettings } from './instance-settings';
import { createParameterGroup, createSubnetGroup } from './primary';

/** RDS's own key, which RDS makes at its first use in a region. */
const RDS_KEY_ALIAS = 'alias/aws/rds';

/** Copying a primary into another region takes longer than the provider would wait by itself. */
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
  /** Where replicas of the primary's region stand: with the primary. */
  readonly securityGroupId: string;
  readonly parameterGroupName: string;
  readonly keyArn?: string;
  readonly monitoringRoleArn?: string;
  /** Where replicas of other regions stand. */
  readonly replicaNetworks: NetworkHandover['replicaNetworks'];
  /** Days that the replica's logs are kept. */
  readonly logRetentionDays?: number;
}

/** What depends on the region that a replica stands in. */
interface Place {
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
    const place = replica.region === region ? this.besidePrimary() : this.elsewhere();
    const logs = createDatabaseLogs(this, {
      identifier: replica.name,
      region: place.region,
      retentionDays: props.logRetentionDays,
    });
    const instance = new DbInstance(this, 'instance', {
      ...instanceSettings({ database, protect, monitoringRoleArn, keyArn: place.keyArn }),
      // Beside the primary, the storage has the primary's key whatever is asked.
      kmsKeyId: place.region === undefined ? undefined : place.keyArn,
      identifier: replica.name,
      instanceClass: replica.instanceClass,
      replicateSourceDb: place.replicateSourceDb,
      region: place.region,
      dbSubnetGroupName: place.subnetGroupName,
      vpcSecurityGroupIds: [place.securityGroupId],
      parameterGroupName: place.parameterGroupName,
      multiAz: false,
      // Its rows are the primary's, and so are the backups; RDS takes no final snapshot of a replica.
      backupRetentionPeriod: 0,
      skipFinalSnapshot: true,
      timeouts: TIMEOUTS,
      dependsOn: [...logs],
    });
    this.host = instance.address;
  }

  /** The source by its identifier, and no subnet group: RDS takes the primary's. */
  private besidePrimary(): Place {
    const { primary, keyArn, parameterGroupName, securityGroupId } = this.props;
    return { replicateSourceDb: primary.identifier, keyArn, parameterGroupName, securityGroupId };
  }

  /** The source by its ARN, and everything regional of its own. */
  private elsewhere(): Place {
    const { replica, database, primary, environment, replicaNetworks } = this.props;
    const { region, key } = replica;
    const network = replicaNetworks[region];
    if (network === undefined)
      throw new Error(`the replica ${key} stands in ${region}, which has no network; the rules let it through`);
    return {
      replicateSourceDb: primary.arn,
      region,
      keyArn: this.regionalKeyArn(),
      parameterGroupName: createParameterGroup(this, 'parameters', database, region).name,
      subnetGroupName: createSubnetGroup(this, 'subnets', {
        // One region may hold several replicas, and a subnet group each.
        environment: resourceName(environment, key, 'database'),
        subnetIds: network.subnetIds,
        region,
      }).name,
      securityGroupId: network.securityGroupId,
    };
  }

  /** An encrypted replica in another region must be told a key there, by ARN. */
  private regionalKeyArn(): string {
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
