/** What the data stack holds, with every default filled. Pure. */
import { mapRecord } from '../calculations/records';
import { usesCloudFront } from '../calculations/redirects';
import { allWorkloads, runningWorkloads } from '../calculations/workloads';
import { firstZone } from '../calculations/zones';
import {
  ACCESS_LOGS_BUCKET_KEY,
  bucketName,
  hostLogGroupName,
  imageParameterName,
  logGroupId,
  mirrorRepositoryName,
  PGBOUNCER_KEY,
  repositoryName,
  resourceName,
  secretName,
} from '../names';
import type { ResolvedBucket, ResolvedData, ResolvedWorkloads } from '../resolved/environment';
import type { ParsedEnvironment } from '../schema/environment';
import { PGBOUNCER_IMAGE } from '../tables/third-party-images';
import { resolveCache, resolveDatabase } from './data-stores';
import { resolveEmail } from './email';
import { resolveTracing } from './observability';
import { resolveRestoreDrill } from './restore-drill';

/** The bucket for access logs of an environment that declares none. */
const ACCESS_LOGS = {
  purpose: 'logs',
  encryption: 'sse-s3',
  /** Days. */
  expireAfterDays: 90,
  transitions: [],
  oldVersionsDays: 30,
  cors: [],
  notifications: [],
} as const;

/** Resolves everything that outlives a change of tier. */
export function resolveData(parsed: ParsedEnvironment, workloads: ResolvedWorkloads): ResolvedData {
  const { name, protect } = parsed;
  return {
    database: resolveDatabase(parsed, workloads),
    cache: resolveCache(parsed),
    ...resolveBuckets(parsed),
    bucketAccessLogs: protect,
    cdnAccessLogs: usesCloudFront(parsed),
    fileSystems: mapRecord(parsed.fileSystems, (key, value) => ({
      ...value,
      key,
      name: `${name}-${key}`,
      backup: value.backup ?? protect,
    })),
    queues: mapRecord(parsed.queues, (key, value) => ({ ...value, key, name: resourceName(name, key, 'queue') })),
    secrets: mapRecord(parsed.secrets, (key, value) => ({ ...value, key, name: secretName(parsed, key, value.name) })),
    images: mapRecord(parsed.images, (key, value) => ({
      ...value,
      key,
      repositoryName: repositoryName(parsed, key),
      parameterName: imageParameterName(parsed, key),
      platforms: platformsOf(workloads, key),
    })),
    mirrors: mirrorsOf(workloads, parsed),
    logGroups: logGroupsOf(workloads, parsed),
    logs: parsed.logs,
    backups: parsed.backups,
    restoreDrill: resolveRestoreDrill(parsed),
    email: resolveEmail(parsed),
    encryptionKey: parsed.encryption.key,
    boxVolume: resolveBoxVolume(parsed),
  };
}

function mirrorsOf(workloads: ResolvedWorkloads, parsed: ParsedEnvironment): ResolvedData['mirrors'] {
  const isPooled = runningWorkloads(workloads).some(({ pooler }) => pooler !== undefined);
  const key = PGBOUNCER_KEY;
  return isPooled ? [{ key, repositoryName: mirrorRepositoryName(parsed, key), image: PGBOUNCER_IMAGE }] : [];
}

/** The platforms of the containers that run an image. */
function platformsOf(workloads: ResolvedWorkloads, key: string): readonly string[] {
  const users = allWorkloads(workloads).filter(({ image, sidecars }) =>
    [image, ...sidecars.map((sidecar) => sidecar.image)].some((one) => one.kind === 'declared' && one.key === key),
  );
  return [...new Set(users.map(({ architecture }) => (architecture === 'arm64' ? 'linux/arm64' : 'linux/amd64')))].sort();
}

function resolveBoxVolume(parsed: ParsedEnvironment): ResolvedData['boxVolume'] {
  const { region, network, box } = parsed;
  return (
    box && {
      sizeGb: box.dataVolumeGb,
      zone: firstZone(region, network.zones),
      snapshotRetentionDays: box.snapshotRetentionDays,
    }
  );
}

function resolveBuckets({ name, protect, buckets }: ParsedEnvironment): Pick<ResolvedData, 'buckets' | 'logBucket'> {
  const declared = mapRecord(buckets, (key, bucket): ResolvedBucket => ({
    ...bucket,
    key,
    name: bucketName(name, key, bucket.name),
    versioning: bucket.versioning ?? protect,
  }));
  const logs = declared.find(({ purpose }) => purpose === 'logs');
  if (logs !== undefined) return { buckets: declared, logBucket: logs.key };
  const key = ACCESS_LOGS_BUCKET_KEY;
  const accessLogs: ResolvedBucket = { ...ACCESS_LOGS, key, name: bucketName(name, key), versioning: protect };
  return { buckets: [...declared, accessLogs], logBucket: key };
}

function logGroupsOf(workloads: ResolvedWorkloads, parsed: ParsedEnvironment): ResolvedData['logGroups'] {
  const metrics = resolveTracing(parsed)?.logGroup;
  const names = new Set([
    ...allWorkloads(workloads).map(({ logs }) => logs.group),
    ...(parsed.box === undefined ? [] : [hostLogGroupName(parsed)]),
    ...(metrics === undefined ? [] : [metrics]),
  ]);
  return [...names].map((name) => ({ key: logGroupId(name), name }));
}
