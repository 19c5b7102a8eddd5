/** The resolved environment: complete, frozen, and made without touching what a person wrote. */
import { defineEnvironment, parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { environmentSchema } from '../../../src/config/schema/environment';
import { boxed } from '../../support/boxed';
import { example } from '../../support/example';

const protectedExample = (changes: Partial<EnvironmentInput> = {}) =>
  parseEnvironment(
    example({ protect: true, acknowledge: { 'single-zone-database': { 'database.multiAz': 'tests do not mind' } }, ...changes }),
  );

function everyObject(value: unknown, path = ''): readonly { readonly path: string; readonly value: object }[] {
  if (typeof value !== 'object' || value === null) return [];
  return [{ path, value }, ...Object.entries(value).flatMap(([name, inner]) => everyObject(inner, `${path}.${name}`))];
}

describe('defineEnvironment', () => {
  it('hands back its argument unchecked, so that one broken file does not hide the others', () => {
    const broken = { name: 5 } as unknown as EnvironmentInput;
    expect(defineEnvironment(broken)).toBe(broken);
  });
});

describe('parseEnvironment', () => {
  it('leaves the input as it was', () => {
    const input = example();
    const before = structuredClone(input);
    parseEnvironment(input);
    expect(input).toEqual(before);
    expect(everyObject(input).some(({ value }) => Object.isFrozen(value))).toBe(false);
  });

  it('freezes the result throughout', () => {
    expect(everyObject(parseEnvironment(example())).filter(({ value }) => !Object.isFrozen(value))).toEqual([]);
  });

  it('makes the same of the same input', () => {
    expect(JSON.stringify(parseEnvironment(example()))).toBe(JSON.stringify(parseEnvironment(example())));
  });

  it('fills every default', () => {
    const { identity, network, data, workloads, tier } = parseEnvironment(example());
    expect(identity).toMatchObject({
      shortName: 'test',
      path: '/shop/test',
      tags: { system: 'shop', environment: 'shop-test', 'managed-by': 'terrace' },
    });
    expect(network).toMatchObject({
      zones: ['eu-west-1a', 'eu-west-1b'],
      subnets: { private: ['10.0.0.0/18', '10.0.64.0/18'] },
      interfaceEndpoints: [],
      replicaNetworks: [],
      dataSecurityGroups: { database: true, cache: true, fileSystems: false },
    });
    expect(data.database).toMatchObject({ identifier: 'shop-test', storageGb: 20, multiAz: false, backupRetentionDays: 7 });
    expect(data.database?.roles).toEqual([
      { name: 'app', privileges: 'owner', secretName: '/shop/test/database/app', rotateAfterDays: undefined, holdsUrl: false },
    ]);
    expect(data.images[0]).toMatchObject({ repositoryName: 'shop/test/api', parameterName: '/shop/test/images/api' });
    expect(workloads.services[0]).toMatchObject({
      name: 'shop-test-api',
      image: { kind: 'declared', key: 'api' },
      health: { intervalSeconds: 30, timeoutSeconds: 5 },
      deployment: { minimumHealthyPercent: 100, maximumPercent: 200, circuitBreaker: true },
      logs: { group: '/shop/test/api', streamPrefix: 'api' },
      readOnlyRoot: true,
    });
    expect(tier).toEqual({ kind: 'fargate', clusterName: 'shop-test', containerInsights: 'enabled' });
  });

  it('sorts variables by where their values come from', () => {
    expect(parseEnvironment(example()).workloads.services[0]?.variables).toEqual({
      plain: {},
      references: { DATABASE_HOST: 'database.host' },
      secrets: { DATABASE_PASSWORD: { kind: 'database-role', role: 'app', key: 'password' } },
    });
  });

  it('names zones as they were asked for', () => {
    const { network } = parseEnvironment(example({ network: { cidr: '10.0.0.0/16', zones: ['c', 'a'], nat: 'single' } }));
    expect(network.zones).toEqual(['eu-west-1c', 'eu-west-1a']);
  });
});

describe('what depends on protect', () => {
  it('is old versions, snapshots and access logs where it is set', () => {
    const { data } = protectedExample({ buckets: { uploads: {} }, fileSystems: { files: { accessPoints: {} } } });
    expect(data).toMatchObject({ bucketAccessLogs: true });
    expect(data.buckets.map(({ key, versioning }) => [key, versioning])).toEqual([
      ['uploads', true],
      ['access-logs', true],
    ]);
    expect(data.cache).toMatchObject({ snapshotRetentionDays: 7 });
    expect(data.fileSystems[0]?.backup).toBe(true);
  });

  it('is none of that where it is not', () => {
    const { data } = parseEnvironment(example({ buckets: { uploads: {} }, fileSystems: { files: { accessPoints: {} } } }));
    expect(data).toMatchObject({ bucketAccessLogs: false });
    expect(data.buckets.map(({ versioning }) => versioning)).toEqual([false, false]);
    expect(data.cache).toMatchObject({ snapshotRetentionDays: 0 });
    expect(data.fileSystems[0]?.backup).toBe(false);
  });

  it('gives way to what the environment says', () => {
    const cache = { placement: 'managed', nodeType: 'cache.t4g.micro', snapshotRetentionDays: 0 } as const;
    const { data } = protectedExample({ buckets: { artifacts: { versioning: false } }, cache });
    expect(data.buckets[0]?.versioning).toBe(false);
    expect(data.cache).toMatchObject({ snapshotRetentionDays: 0 });
  });

  it('leaves the bucket for access logs to the environment where it declares one', () => {
    const { data } = protectedExample({ buckets: { logs: { purpose: 'logs', name: 'shop-prod-logs' } } });
    expect(data).toMatchObject({ logBucket: 'logs', buckets: [{ key: 'logs', name: 'shop-prod-logs' }] });
  });
});

describe('a cache', () => {
  const resolved = (changes: object) =>
    parseEnvironment(example({ cache: { placement: 'managed', nodeType: 'cache.t4g.micro', ...changes } })).data.cache;

  it('is Valkey of a version that it has, unless Redis is written', () => {
    expect(resolved({})).toMatchObject({ engine: 'valkey', version: '8.1' });
    expect(resolved({ engine: 'redis' })).toMatchObject({ engine: 'redis', version: '7.1' });
    expect(resolved({ engine: 'redis', version: '7.0' })).toMatchObject({ version: '7.0' });
    expect(parseEnvironment(boxed()).data.cache).toMatchObject({ engine: 'redis', version: '7.1' });
  });

  it('loses keys that expire, as a queue none, and what is written otherwise', () => {
    expect(resolved({})).toMatchObject({ evictionPolicy: 'volatile-lru' });
    expect(resolved({ purpose: 'queue' })).toMatchObject({ evictionPolicy: 'noeviction' });
    expect(resolved({ evictionPolicy: 'allkeys-lfu' })).toMatchObject({ evictionPolicy: 'allkeys-lfu' });
    expect(parseEnvironment(boxed({ cache: { placement: 'host', purpose: 'queue' } })).data.cache).toMatchObject({
      evictionPolicy: 'noeviction',
    });
  });
});

describe('a field of a service, worker or job', () => {
  /** What resolving replaces; docs/reference says what each becomes. */
  const REPLACED = [
    'name',
    'image',
    'environment',
    'writableRoot',
    'logGroup',
    'logStreamPrefix',
    'scaling',
    'secrets',
    'sidecars',
  ];

  it('arrives as it was written, unless it is one of those that are replaced: nothing between schema and tier lists the others', () => {
    const input = example({
      workers: { mailer: { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 1, max: 1 }, user: '1000' } },
      jobs: { sync: { image: 'api', vcpu: 0.25, memoryMib: 512, schedule: '0 2 * * *', command: ['sync'] } },
    });
    const parsed = environmentSchema.parse(input);
    const { workloads } = parseEnvironment(input);
    for (const section of ['services', 'workers', 'jobs'] as const) {
      for (const [key, written] of Object.entries(parsed[section])) {
        const plain = Object.fromEntries(Object.entries(written).filter(([field]) => !REPLACED.includes(field)));
        expect(Object.keys(plain).length).toBeGreaterThan(8);
        expect(workloads[section].find((resolved) => resolved.key === key)).toMatchObject(plain);
      }
    }
  });
});
