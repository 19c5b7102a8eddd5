/** Parsed input to resolved environment: the one place where defaults that depend on other fields are filled. Pure. */
import { fitName, NAME_LIMITS, resourceName, shortEnvironmentName } from '../names';
import { resolveDomain, resolveEdge } from './edge';
import { hostLogGroup, hostNames } from '../tiers/box/resolve';
import { TIER_POLICIES } from '../tiers/registry';
import { resolveObservability, resolveTracing } from './observability';
import { resolveWorkloads } from './workloads';
import type {
  Identity,
  ResolvedBucket,
  ResolvedCache,
  ResolvedData,
  ResolvedDatabase,
  ResolvedEnvironment,
  ResolvedNetwork,
  ResolvedReplicaNetwork,
  ResolvedWorkloads,
} from '../resolved/environment';
import type { Warning } from '../problems/problem';
import type { ParsedEnvironment } from '../schema/environment';
import { firstZone, zoneLetters } from '../calculations/zones';
import { carveSubnets, splitReplicaNetwork } from '../calculations/subnets';
import { REGION_ZONES, type Region } from '../tables/regions';

/** Days that access logs are kept when the environment declares no bucket for them. */
const ACCESS_LOG_DAYS = 90;

/** Days of cache snapshots under `protect`. */
const PROTECTED_SNAPSHOT_DAYS = 7;

/**
 * Fills every default that depends on another field.
 * @param parsed input that has passed the schema and the rules
 */
export function resolve(parsed: ParsedEnvironment, warnings: readonly Warning[]): ResolvedEnvironment {
  const identity = resolveIdentity(parsed);
  const workloads = resolveWorkloads(parsed, identity);
  return {
    identity,
    protect: parsed.protect,
    backend: parsed.backend,
    network: resolveNetwork(parsed),
    domain: resolveDomain(parsed),
    data: resolveData(parsed, identity, workloads),
    workloads,
    tier: TIER_POLICIES[parsed.tier].resolve(parsed),
    nextTier: parsed.nextTier && TIER_POLICIES[parsed.nextTier].resolve(parsed),
    edge: resolveEdge(parsed),
    observability: resolveObservability(parsed),
    warnings,
  };
}

function resolveIdentity({ system, name, region, account, tags }: ParsedEnvironment): Identity {
  return {
    system,
    environment: name,
    shortName: shortEnvironmentName(system, name),
    region,
    account,
    tags: { system, environment: name, 'managed-by': 'terrace', ...tags },
  };
}

function resolveNetwork({ region, network, database, cache, fileSystems, box }: ParsedEnvironment): ResolvedNetwork {
  const letters = zoneLetters(region, network.zones);
  return {
    cidr: network.cidr,
    zones: letters.map((letter) => `${region}${letter}`),
    subnets: network.subnets ?? carveSubnets(network.cidr, letters.length),
    nat: network.nat,
    interfaceEndpoints: network.interfaceEndpoints,
    flowLogs: network.flowLogs,
    replicaNetworks: Object.entries(network.replicaNetworks).map(([replicaRegion, { cidr }]) =>
      resolveReplicaNetwork(replicaRegion as Region, cidr),
    ),
    dataSecurityGroups: {
      database: database?.placement === 'managed',
      cache: cache?.placement === 'managed',
      fileSystems: Object.keys(fileSystems).length > 0,
    },
    boxAddress: box !== undefined,
  };
}

function resolveReplicaNetwork(region: Region, cidr: string): ResolvedReplicaNetwork {
  const [first, second] = REGION_ZONES[region];
  return { region, cidr, subnets: splitReplicaNetwork(cidr), zones: [`${region}${first}`, `${region}${second}`] };
}

function resolveData(parsed: ParsedEnvironment, identity: Identity, workloads: ResolvedWorkloads): ResolvedData {
  const { name, system, protect } = parsed;
  const path = `/${system}/${identity.shortName}`;
  const keyed = <T, R>(record: Readonly<Record<string, T>>, make: (key: string, value: T) => R): R[] =>
    Object.entries(record).map(([key, value]) => make(key, value));
  const buckets = resolveBuckets(parsed);
  return {
    database: parsed.database && resolveDatabase(parsed, parsed.database, identity, workloads),
    cache: parsed.cache && resolveCache(parsed, parsed.cache),
    ...buckets,
    bucketAccessLogs: protect,
    cdnAccessLogs: parsed.edge.cdn !== undefined,
    fileSystems: keyed(parsed.fileSystems, (key, value) => ({
      ...value,
      key,
      name: `${name}-${key}`,
      backup: value.backup ?? protect,
    })),
    queues: keyed(parsed.queues, (key, value) => ({ ...value, key, name: resourceName(name, key, 'queue') })),
    secrets: keyed(parsed.secrets, (key, value) => ({ ...value, key, name: value.name ?? `${path}/${key}` })),
    images: keyed(parsed.images, (key, value) => ({
      ...value,
      key,
      repositoryName: `${system}/${identity.shortName}/${key}`,
      parameterName: `${path}/images/${key}`,
    })),
    logGroups: logGroupsOf(workloads, parsed),
    logs: parsed.logs,
    backups: parsed.backups,
    customerManagedKey: protect,
    boxVolume: resolveBoxVolume(parsed),
  };
}

function resolveBoxVolume(parsed: ParsedEnvironment): ResolvedData['boxVolume'] {
  const { box } = parsed;
  return (
    box && {
      sizeGb: box.dataVolumeGb,
      zone: firstZone(parsed.region, parsed.network.zones),
      snapshotRetentionDays: box.snapshotRetentionDays,
    }
  );
}

function resolveDatabase(
  { name, region, box }: ParsedEnvironment,
  database: NonNullable<ParsedEnvironment['database']>,
  { system, shortName }: Identity,
  { services, workers, jobs }: ResolvedWorkloads,
): ResolvedDatabase {
  const { credentials } = database;
  const instanceClass = database.instanceClass ?? '';
  const secretPath = `/${system}/${shortName}/database`;
  const urlReaders = new Set(
    [...services, ...workers, ...jobs].flatMap(({ variables }) =>
      Object.values(variables.secrets).flatMap((source) =>
        source.kind === 'database-role' && source.key === 'url' ? [source.role] : [],
      ),
    ),
  );
  return {
    ...database,
    identifier: fitName(name, NAME_LIMITS.database),
    instanceClass,
    roles: Object.entries(database.roles).map(([role, value]) => ({
      name: role,
      privileges: value.privileges,
      secretName: value.secretName ?? `${secretPath}/${role}`,
      rotateAfterDays: value.rotateAfterDays,
      holdsUrl: urlReaders.has(role),
    })),
    replicas: Object.entries(database.replicas).map(([key, replica]) => ({
      key,
      name: resourceName(name, key, 'database'),
      region: replica.region ?? region,
      instanceClass: replica.instanceClass ?? instanceClass,
    })),
    masterSecretName: (credentials.kind === 'rotated-secret' ? credentials.secretName : undefined) ?? `${secretPath}/master`,
    hostName: hostNames(box?.dataStores).database,
  };
}

function resolveCache({ name, protect }: ParsedEnvironment, cache: NonNullable<ParsedEnvironment['cache']>): ResolvedCache {
  return {
    ...cache,
    replicationGroupId: fitName(name, NAME_LIMITS.cacheReplicationGroup),
    nodeType: cache.nodeType ?? '',
    snapshotRetentionDays: cache.snapshotRetentionDays ?? (protect ? PROTECTED_SNAPSHOT_DAYS : 0),
  };
}

function resolveBuckets({ name, protect, buckets }: ParsedEnvironment): Pick<ResolvedData, 'buckets' | 'logBucket'> {
  const declared = Object.entries(buckets).map(([key, bucket]): ResolvedBucket => ({
    ...bucket,
    key,
    name: bucket.name ?? resourceName(name, key, 's3Bucket'),
    versioning: bucket.versioning ?? protect,
  }));
  const logs = declared.find(({ purpose }) => purpose === 'logs');
  if (logs !== undefined) return { buckets: declared, logBucket: logs.key };
  const accessLogs: ResolvedBucket = {
    key: 'access-logs',
    name: resourceName(name, 'access-logs', 's3Bucket'),
    purpose: 'logs',
    versioning: protect,
    encryption: 'sse-s3',
    expireAfterDays: ACCESS_LOG_DAYS,
    transitions: [],
    oldVersionsDays: 30,
  };
  return { buckets: [...declared, accessLogs], logBucket: accessLogs.key };
}

function logGroupsOf({ services, workers, jobs }: ResolvedWorkloads, parsed: ParsedEnvironment): ResolvedData['logGroups'] {
  const host = parsed.box === undefined ? [] : [hostLogGroup(parsed)];
  const metrics = resolveTracing(parsed)?.logGroup;
  const names = new Set([
    ...[...services, ...workers, ...jobs].map(({ logs }) => logs.group),
    ...host,
    ...(metrics === undefined ? [] : [metrics]),
  ]);
  return [...names].map((name) => ({
    key: name
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .toLowerCase(),
    name,
  }));
}
