/** What each store of data can lose, and how it returns, as configured. Pure. */
import type { ResolvedCache, ResolvedDatabase, ResolvedEnvironment } from '../../config/resolved/environment';
import { longestGapHours, scheduleInWords } from './schedules';

export interface Recovery {
  /** `database`, `bucket uploads`. */
  readonly what: string;
  /** What keeps copies, and for how long. */
  readonly copies: string;
  /** Recovery point: the most that is lost. */
  readonly point: string;
  /** Recovery time: how long it is unavailable. */
  readonly time: string;
}

/** RDS keeps transaction logs in S3 "every five minutes" (RDS user guide, "Restoring a DB instance to a specified time"). */
const POINT_IN_TIME = 'about 5 minutes';

/** "Failover times are typically 60-120 seconds" (RDS user guide, "Failing over a Multi-AZ DB instance"). */
const FAILOVER = '1 to 2 minutes when an instance or a zone fails';

const BY_RESTORE = 'the time of a restore by hand, which no setting limits: measure it';

export function recoveriesOf(environment: ResolvedEnvironment): readonly Recovery[] {
  const { data } = environment;
  const { database, cache, backups } = data;
  return [
    ...(database === undefined ? [] : [{ what: 'database', ...ofDatabase(database, environment) }]),
    ...(cache === undefined ? [] : [{ what: 'cache', ...ofCache(cache) }]),
    ...data.buckets.map(({ key, versioning, oldVersionsDays, expireAfterDays }) => ({
      what: `bucket ${key}`,
      copies: [
        versioning ? `old versions, ${oldVersionsDays} days` : 'none',
        ...(expireAfterDays === undefined ? [] : [`objects are deleted after ${expireAfterDays} days`]),
      ].join('; '),
      point: versioning ? 'nothing that was overwritten or deleted in that time' : 'what is overwritten or deleted',
      time: versioning ? 'the time of restoring a version by hand' : 'does not return',
    })),
    ...data.fileSystems.map(({ key, backup }) => ({
      what: `file system ${key}`,
      copies: backup ? `daily, ${backups?.dailyRetentionDays ?? 35} days` : 'none',
      point: backup ? 'up to 24 hours' : 'what is overwritten or deleted',
      time: backup ? BY_RESTORE : 'does not return',
    })),
    ...data.queues.map(({ key, retentionDays, maxReceives }) => ({
      what: `queue ${key}`,
      copies: `messages are kept ${days(retentionDays)}; after ${maxReceives} failed receives, 14 days in the dead-letter queue`,
      point: 'messages that are older',
      time: 'no backup: SQS keeps messages in several zones',
    })),
    ...(environment.tier.kind === 'box' && hasHostData(environment)
      ? [ofVolume(environment.data.boxVolume?.snapshotRetentionDays ?? 0)]
      : []),
  ];
}

type Answer = Omit<Recovery, 'what'>;

function ofDatabase(database: ResolvedDatabase, environment: ResolvedEnvironment): Answer {
  if (database.placement === 'host') return ofHostDatabase(environment);
  const { backupRetentionDays, multiAz } = database;
  const time = multiAz ? `${FAILOVER}; after a loss of data, ${BY_RESTORE}` : BY_RESTORE;
  if (backupRetentionDays === 0) return { copies: 'none', point: 'everything', time: multiAz ? FAILOVER : 'does not return' };
  const monthly = environment.data.backups === undefined ? '' : '; further copies by AWS Backup';
  return {
    copies: `point-in-time recovery over ${days(backupRetentionDays)}${monthly}`,
    point: multiAz ? `none when an instance or a zone fails; otherwise ${POINT_IN_TIME}` : POINT_IN_TIME,
    time,
  };
}

function ofHostDatabase({ tier, data }: ResolvedEnvironment): Answer {
  if (tier.kind !== 'box') return { copies: 'those of the earlier host', point: UNKNOWN_POINT, time: BY_RESTORE };
  const { backup, timezone } = tier.box;
  const hours = longestGapHours(backup.schedule);
  const bucket = data.buckets.find(({ key }) => key === backup.bucket);
  const kept = bucket?.expireAfterDays === undefined ? 'without an end' : days(bucket.expireAfterDays);
  return {
    copies: `dump ${scheduleInWords(backup.schedule)} (${timezone}) into bucket ${backup.bucket}, kept ${kept}`,
    point: hours === undefined ? UNKNOWN_POINT : `up to ${hours} hours`,
    time: `the time of a restore by hand, which no setting limits; the restore test measures it ${scheduleInWords(backup.drillSchedule)} (${timezone})`,
  };
}

const UNKNOWN_POINT = 'the time since the last dump';

function ofCache(cache: ResolvedCache): Answer {
  if (cache.placement === 'host')
    return {
      copies: 'none: it can be recreated',
      point: 'what Redis has not written to disk',
      time: 'minutes: it starts with the host',
    };
  const { replicas, snapshotRetentionDays } = cache;
  return {
    copies: snapshotRetentionDays === 0 ? 'none: it can be recreated' : `daily snapshots, ${days(snapshotRetentionDays)}`,
    point: replicas > 0 ? 'seconds when a node or a zone fails' : snapshotRetentionDays === 0 ? 'everything' : 'up to 24 hours',
    time: replicas > 0 ? 'a replica takes over within minutes' : 'minutes: ElastiCache replaces the node',
  };
}

function hasHostData({ data }: ResolvedEnvironment): boolean {
  return data.boxVolume !== undefined;
}

function ofVolume(snapshotDays: number): Recovery {
  return {
    what: 'volume of the host',
    copies: `daily snapshots, ${days(snapshotDays)}`,
    point: 'none when the host fails; up to 24 hours when the volume or the zone does',
    time: 'minutes when the host fails; otherwise the time of a restore by hand',
  };
}

export function days(number: number): string {
  return `${number} day${number === 1 ? '' : 's'}`;
}

/** What happens to the environment when a zone fails, in a few words. */
export function availabilityOf({ tier, network, data, workloads }: ResolvedEnvironment): string {
  const { database } = data;
  const databasePart =
    database === undefined
      ? undefined
      : database.placement === 'host'
        ? 'database on the host'
        : database.multiAz
          ? 'database with a standby in a second zone'
          : 'database in one zone';
  const replicas = workloads.services.map(({ replicas: { min } }) => min);
  const single = workloads.services.filter(({ replicas: { min } }) => min < 2).length;
  const compute =
    tier.kind === 'box'
      ? tier.box.instances.min > 1
        ? `${tier.box.instances.min} hosts`
        : 'one host in one zone'
      : `containers over ${network.zones.length} zones${
          single === 0 || replicas.length === 0
            ? ''
            : single === replicas.length
              ? ', one of each'
              : `, ${single} of ${replicas.length} services with one`
        }`;
  return [compute, databasePart].filter((part) => part !== undefined).join('; ');
}
