/**
 * Redis on ElastiCache: one primary, and replicas that take its place when it fails.
 *
 * TLS and security groups guard it. There is no password: ElastiCache's token has no write-only argument and would lie in
 * the state. Clients connect with `rediss://`.
 */
import { ElasticacheParameterGroup } from '@cdktf/provider-aws/lib/elasticache-parameter-group';
import { ElasticacheReplicationGroup } from '@cdktf/provider-aws/lib/elasticache-replication-group';
import { ElasticacheSubnetGroup } from '@cdktf/provider-aws/lib/elasticache-subnet-group';
import { Construct } from 'constructs';
import type { ManagedCache } from '../../config/resolved/environment';
import { PORTS } from '../../config/tables/ports';
import { keepWhenProtected } from '../../terraform/lifecycle';
import { cacheFamily, familyName } from './parameters';

/** Snapshots, then maintenance, in the small hours of UTC; ElastiCache asks that they do not overlap. */
const SNAPSHOT_WINDOW = '01:00-02:00';
const MAINTENANCE_WINDOW = 'sun:03:00-sun:04:00';

export interface CacheProps {
  readonly cache: ManagedCache;
  /** A final snapshot and `prevent_destroy`. */
  readonly protect: boolean;
  /** The environment's key; without one, ElastiCache's own. Changing it replaces the cache. */
  readonly keyArn?: string;
  readonly subnetIds: readonly string[];
  /** The cache's group, empty but for what its readers add. */
  readonly securityGroupId: string;
  /** The environment's name. */
  readonly environment: string;
}

/** A managed cache. */
export class Cache extends Construct {
  /** The primary's name, which stays when a replica takes over. */
  public readonly host: string;
  public readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CacheProps,
  ) {
    super(scope, id);
    const group = this.replicationGroup(this.subnetGroup(), this.parameterGroup());
    this.host = group.primaryEndpointAddress;
    this.arn = group.arn;
  }

  private subnetGroup(): string {
    const { cache, subnetIds } = this.props;
    return new ElasticacheSubnetGroup(this, 'subnets', {
      name: cache.replicationGroupId,
      description: 'Subnets without a way to the internet',
      subnetIds: [...subnetIds],
    }).name;
  }

  /** Named after its family: a version of another family needs a new group before the old one may go. */
  private parameterGroup(): string {
    const { cache, environment } = this.props;
    return new ElasticacheParameterGroup(this, 'parameters', {
      name: `${environment}-${familyName(cache.version)}`,
      description: `Redis ${cache.version}`,
      family: cacheFamily(cache.version),
      parameter: [{ name: 'maxmemory-policy', value: cache.evictionPolicy }],
      lifecycle: { createBeforeDestroy: true },
    }).name;
  }

  private replicationGroup(subnetGroupName: string, parameterGroupName: string): ElasticacheReplicationGroup {
    const { cache, protect, keyArn, securityGroupId, environment } = this.props;
    const failsOver = cache.replicas > 0;
    return new ElasticacheReplicationGroup(this, 'redis', {
      replicationGroupId: cache.replicationGroupId,
      description: `Redis of ${environment}`,
      engine: 'redis',
      engineVersion: cache.version,
      nodeType: cache.nodeType,
      port: PORTS.redis,
      numCacheClusters: cache.replicas + 1,
      automaticFailoverEnabled: failsOver,
      multiAzEnabled: failsOver,
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: 'true',
      kmsKeyId: keyArn,
      subnetGroupName,
      securityGroupIds: [securityGroupId],
      parameterGroupName,
      snapshotRetentionLimit: cache.snapshotRetentionDays,
      snapshotWindow: SNAPSHOT_WINDOW,
      maintenanceWindow: MAINTENANCE_WINDOW,
      finalSnapshotIdentifier: protect ? `${cache.replicationGroupId}-final` : undefined,
      autoMinorVersionUpgrade: 'true',
      applyImmediately: false,
      lifecycle: keepWhenProtected(protect),
    });
  }
}
