/**
 * Redis on ElastiCache: one primary, and replicas that replace it when it fails.
 *
 * TLS and security groups protect it. There is no password, because ElastiCache's token has no write-only argument and would
 * be in the state. Clients connect with `rediss://`.
 */
import { ElasticacheParameterGroup } from '@cdktf/provider-aws/lib/elasticache-parameter-group';
import { ElasticacheReplicationGroup } from '@cdktf/provider-aws/lib/elasticache-replication-group';
import { ElasticacheSubnetGroup } from '@cdktf/provider-aws/lib/elasticache-subnet-group';
import { Construct } from 'constructs';
import type { ManagedCache } from '../../config/resolved/environment';
import { CACHE_ENGINES, cacheFamily } from '../../config/tables/cache-engines';
import { PORTS } from '../../config/tables/ports';
import { required } from '../../contracts/lookups';
import { keepWhenProtected } from '../../terraform/lifecycle';

/** UTC. ElastiCache requires that the two do not overlap. */
const SNAPSHOT_WINDOW = '01:00-02:00';
const MAINTENANCE_WINDOW = 'sun:03:00-sun:04:00';

export interface CacheProps {
  readonly cache: ManagedCache;
  /** A final snapshot and `prevent_destroy`. */
  readonly protect: boolean;
  /** The environment's key; without one, the AWS-managed key of ElastiCache. Changing it replaces the cache. */
  readonly keyArn?: string;
  readonly subnetIds: readonly string[];
  /** The cache's group, whose rules are created by the stacks that connect to it. */
  readonly securityGroupId: string;
  /** The environment's name. */
  readonly environment: string;
}

export class Cache extends Construct {
  /** The primary endpoint, which stays the same when a replica takes over. */
  public readonly host: string;
  public readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CacheProps,
  ) {
    super(scope, id);
    const group = this.createReplicationGroup(this.createSubnetGroup(), this.createParameterGroup());
    this.host = group.primaryEndpointAddress;
    this.arn = group.arn;
  }

  private createSubnetGroup(): string {
    const { cache, subnetIds } = this.props;
    return new ElasticacheSubnetGroup(this, 'subnets', {
      name: cache.replicationGroupId,
      description: 'Subnets without a way to the internet',
      subnetIds: [...subnetIds],
    }).name;
  }

  /** Named after its family: a version of another family needs a new group before the old one can be destroyed. */
  private createParameterGroup(): string {
    const { cache, environment } = this.props;
    const family = required(cacheFamily(cache.engine, cache.version), `the family of ${cache.engine} ${cache.version}`);
    return new ElasticacheParameterGroup(this, 'parameters', {
      // A name must not contain a dot.
      name: `${environment}-${family.replace('.', '-')}`,
      // A changed description replaces the group, which fails while the name stays the same.
      description: cache.engine === 'redis' ? `Redis ${cache.version}` : `Parameters of ${family}`,
      family,
      parameter: [{ name: 'maxmemory-policy', value: cache.evictionPolicy }],
      lifecycle: { createBeforeDestroy: true },
    }).name;
  }

  /**
   * The construct id is part of the recorded address `aws_elasticache_replication_group.cache_redis`, so it stays `redis` for
   * every engine: another id would replace the cache of each environment, unless each one's state was moved.
   */
  private createReplicationGroup(subnetGroupName: string, parameterGroupName: string): ElasticacheReplicationGroup {
    const { cache, protect, keyArn, securityGroupId, environment } = this.props;
    const failsOver = cache.replicas > 0;
    return new ElasticacheReplicationGroup(this, 'redis', {
      replicationGroupId: cache.replicationGroupId,
      description: `${CACHE_ENGINES[cache.engine].title} of ${environment}`,
      engine: cache.engine,
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
