import 'cdktf/lib/testing/adapters/jest';
import { ElasticacheReplicationGroup } from '@cdktf/provider-aws/lib/elasticache-replication-group';
import { TerraformOutput, Testing } from 'cdktf';
import type { ManagedCache } from '../../src/config/resolved/environment';
import { Cache, type CacheProps } from '../../src/modules/cache/cache';
import { synthModule, theOnly } from '../support/synth';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/one';

const plain: ManagedCache = {
  placement: 'managed',
  purpose: 'cache',
  engine: 'redis',
  version: '7.1',
  nodeType: 'cache.t4g.micro',
  replicas: 0,
  snapshotRetentionDays: 0,
  evictionPolicy: 'volatile-lru',
  replicationGroupId: 'shop-test',
};

const props = (cache: Partial<ManagedCache> = {}, changes: Partial<CacheProps> = {}): CacheProps => ({
  cache: { ...plain, ...cache },
  protect: false,
  subnetIds: ['subnet-i1', 'subnet-i2'],
  securityGroupId: 'sg-cache',
  environment: 'shop-test',
  ...changes,
});

const make = (...parts: Parameters<typeof props>) => synthModule((stack) => new Cache(stack, 'cache', props(...parts)));
const group = (...parts: Parameters<typeof props>) => theOnly(make(...parts), 'aws_elasticache_replication_group');

describe('a cache', () => {
  test('is encrypted in transit and at rest, in its own security group', () => {
    const json = Testing.synthScope((scope) => {
      new Cache(scope, 'cache', props());
    });
    expect(json).toHaveResourceWithProperties(ElasticacheReplicationGroup, {
      replication_group_id: 'shop-test',
      engine: 'redis',
      engine_version: '7.1',
      transit_encryption_enabled: true,
      at_rest_encryption_enabled: 'true',
      security_group_ids: ['sg-cache'],
      port: 6379,
    });
    expect(theOnly(make(), 'aws_elasticache_subnet_group').subnet_ids).toEqual(['subnet-i1', 'subnet-i2']);
  });

  test('has no password, which would be in the state', () => {
    expect(group()).not.toHaveProperty('auth_token');
  });

  test('fails over to a replica in another zone, and does not pretend to without one', () => {
    expect(group({ replicas: 1 })).toMatchObject({
      num_cache_clusters: 2,
      automatic_failover_enabled: true,
      multi_az_enabled: true,
    });
    expect(group()).toMatchObject({ num_cache_clusters: 1, automatic_failover_enabled: false, multi_az_enabled: false });
  });

  test("under protection cannot be destroyed, leaves a snapshot and uses the environment's key", () => {
    expect(group({ snapshotRetentionDays: 7 }, { protect: true, keyArn: KEY })).toMatchObject({
      lifecycle: { prevent_destroy: true },
      final_snapshot_identifier: 'shop-test-final',
      snapshot_retention_limit: 7,
      kms_key_id: KEY,
    });
  });

  test("without protection can be destroyed, and uses ElastiCache's own key", () => {
    for (const argument of ['lifecycle', 'final_snapshot_identifier', 'kms_key_id']) expect(group()).not.toHaveProperty(argument);
    expect(group().snapshot_retention_limit).toBe(0);
  });

  test('takes no change outside its maintenance window, which does not meet the snapshots', () => {
    expect(group()).toMatchObject({
      apply_immediately: false,
      auto_minor_version_upgrade: 'true',
      snapshot_window: '01:00-02:00',
      maintenance_window: 'sun:03:00-sun:04:00',
    });
  });

  test.each([
    ['6.2', 'redis6.x', 'shop-test-redis6-x'],
    ['7.0', 'redis7', 'shop-test-redis7'],
    ['7.1', 'redis7', 'shop-test-redis7'],
  ] as const)('of version %s has parameters of family %s', (version, family, name) => {
    const parameters = theOnly(make({ version, evictionPolicy: 'allkeys-lru' }), 'aws_elasticache_parameter_group');
    expect(parameters).toMatchObject({ family, name, lifecycle: { create_before_destroy: true } });
    expect(parameters.parameter).toEqual([{ name: 'maxmemory-policy', value: 'allkeys-lru' }]);
    expect(group({ version }).engine_version).toBe(version);
  });

  test.each([
    ['7.2', 'valkey7'],
    ['8.0', 'valkey8'],
    ['8.1', 'valkey8'],
    ['8.2', 'valkey8'],
  ] as const)('of Valkey %s is a replication group of that engine with parameters of family %s', (version, family) => {
    const module = make({ engine: 'valkey', version });
    expect(theOnly(module, 'aws_elasticache_parameter_group')).toMatchObject({ family, name: `shop-test-${family}` });
    expect(theOnly(module, 'aws_elasticache_replication_group')).toMatchObject({
      engine: 'valkey',
      engine_version: version,
      description: 'Valkey of shop-test',
    });
  });

  test('keeps its address and its parameter group when its engine or its version becomes a newer one', () => {
    const addresses = (cache: Partial<ManagedCache>) =>
      Object.keys(make(cache).resource?.aws_elasticache_replication_group ?? {});
    expect(addresses({ engine: 'valkey', version: '8.0' })).toEqual(addresses({}));
    const parameters = (version: '8.0' | '8.1') =>
      theOnly(make({ engine: 'valkey', version }), 'aws_elasticache_parameter_group');
    expect(parameters('8.0')).toEqual(parameters('8.1'));
  });

  test('of a version that its engine does not have is refused', () => {
    expect(() => make({ engine: 'redis', version: '8.0' })).toThrow(/the family of redis 8\.0/);
  });

  test('publishes its primary endpoint', () => {
    const { output } = synthModule((stack) => {
      new TerraformOutput(stack, 'host', { value: new Cache(stack, 'cache', props()).host });
    });
    expect(output?.host?.value).toBe('${aws_elasticache_replication_group.cache_redis.primary_endpoint_address}');
  });
});
