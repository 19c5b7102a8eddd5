/** The last backup of what an environment keeps, and the last restore that proved one. */
import { explained, isAwsError } from '../../aws/errors';
import { HOST_METRICS } from '../../contracts/host-metrics';
import {
  DRILLED_DATABASE,
  drilledFiles,
  RESTORE_METRICS,
  RESTORE_METRICS_HOURS,
  RESTORE_NAMESPACE,
  restoreDimensions,
  type DrilledResource,
} from '../../contracts/restore-metrics';
import type { Target } from '../target';
import { ago, duration, secondsSince } from './ages';
import { hostMetric } from './certificates';
import { lastValues } from './metrics';
import type { StatusOptions } from './status';
import { judged, note, wrong, type Row } from './row';

const HOUR = 3600;

/** RDS copies its log every five minutes. */
const LOG_HOURS = 1;

/** Of a daily copy, with the hours that it may take. */
const DAILY_HOURS = 36;

/** Drills are weekly; a day more, as the alarm of a host has it. */
const PROVEN_HOURS = 192;

export async function backupRows(target: Target, { now }: StatusOptions): Promise<readonly Row[]> {
  const rows = await Promise.all([
    databaseRow(target, now),
    vaultRow(target, now),
    hostRows(target, now),
    provenRows(target, now),
  ]);
  return rows.flat();
}

async function databaseRow({ aws, environment: { data, sleep } }: Target, now: Date): Promise<readonly Row[]> {
  if (data.database?.placement !== 'managed') return [];
  const { identifier } = data.database;
  const rds = await aws.rds();
  try {
    const { DBInstances: [found] = [] } = await rds.describeDBInstances({ DBInstanceIdentifier: identifier });
    const { DBInstanceStatus: status = '', LatestRestorableTime: latest, BackupRetentionPeriod: days = 0 } = found ?? {};
    const facts = { identifier, status, latestRestorableTime: latest?.toISOString() ?? null, retentionDays: days };
    if (latest === undefined) return [wrong('database', `no point in time to restore; ${identifier} is ${status}`, facts)];
    const text = `restorable to ${ago(latest, now)}, for ${days} days back`;
    if (status === 'stopped' && sleep !== undefined) return [note('database', `${text}; it sleeps`, facts)];
    return [judged(secondsSince(latest, now) <= LOG_HOURS * HOUR, 'database', text, facts)];
  } catch (error) {
    if (isAwsError(error, 'DBInstanceNotFoundFault', 'DBInstanceNotFound'))
      return [note('database', 'not deployed', { identifier })];
    return explained(`reading ${identifier}`, () => Promise.reject(error as Error));
  }
}

/** The vault has the name of the environment. */
async function vaultRow({ aws, name, environment: { data } }: Target, now: Date): Promise<readonly Row[]> {
  if (data.backups === undefined) return [];
  const backup = await aws.backup();
  const since = new Date(now.getTime() - 7 * 24 * HOUR * 1000);
  try {
    const { RecoveryPoints: points = [] } = await backup.listRecoveryPointsByBackupVault({
      BackupVaultName: name,
      ByCreatedAfter: since,
    });
    const complete = points
      .filter(({ Status: status }) => status === 'COMPLETED')
      .flatMap(({ CreationDate: at }) => at ?? [])
      .sort((one, other) => other.getTime() - one.getTime());
    const failed = points.filter(({ Status: status }) => status === 'PARTIAL' || status === 'EXPIRED').length;
    const [latest] = complete;
    const facts = { vault: name, latest: latest?.toISOString() ?? null, ofLastWeek: complete.length, incomplete: failed };
    if (latest === undefined) return [note('AWS Backup', 'no copy in the last seven days; the first is made at night', facts)];
    const text = `last copy ${ago(latest, now)}, ${complete.length} in seven days`;
    return [judged(secondsSince(latest, now) <= DAILY_HOURS * HOUR, 'AWS Backup', text, facts)];
  } catch (error) {
    // AWS Backup answers so for a vault that does not exist, too.
    if (isAwsError(error, 'ResourceNotFoundException')) return [note('AWS Backup', 'not deployed', { vault: name })];
    return explained(`listing the copies of the vault ${name}`, () => Promise.reject(error as Error));
  }
}

async function hostRows(target: Target, now: Date): Promise<readonly Row[]> {
  const { tier } = target.environment;
  if (tier.kind !== 'box') return [];
  const box = await target.published('compute-box');
  if (box === undefined) return [note('host', 'not deployed')];
  const { alarmAfterHours, drillAlarmAfterHours } = tier.box.backup;
  const wanted = [hostMetric(box, HOST_METRICS.backupAge), hostMetric(box, HOST_METRICS.restoreProvenAge)];
  const [backup, proven] = await lastValues(target.aws, wanted, now);
  return [
    ageRow('host', 'last backup', backup, alarmAfterHours, now),
    ageRow('proven restore', 'last one on the host', proven, drillAlarmAfterHours, now),
  ];
}

/** Outside of a host, where drills are described. */
async function provenRows(target: Target, now: Date): Promise<readonly Row[]> {
  const { data } = target.environment;
  const database: readonly DrilledResource[] = data.database?.placement === 'managed' ? [DRILLED_DATABASE] : [];
  // On a box, file systems are directories of the host, which its own drills restore.
  const files = target.environment.tier.kind === 'box' ? [] : data.fileSystems.filter(({ backup }) => backup);
  const resources = [...database, ...files.map(({ key }) => drilledFiles(key))];
  const wanted = resources.map((resource) => ({
    name: RESTORE_METRICS.provenAge,
    namespace: RESTORE_NAMESPACE,
    dimensions: restoreDimensions(target.name, resource),
    periodSeconds: RESTORE_METRICS_HOURS * HOUR,
  }));
  const values = await lastValues(target.aws, wanted, now);
  return resources.map((resource, index) =>
    values[index] === undefined
      ? note('proven restore', `${resource}: never`, { resource, ageHours: null })
      : ageRow('proven restore', resource, values[index], PROVEN_HOURS, now),
  );
}

/** An age that was measured some time ago is older by that time. */
function ageRow(
  name: string,
  what: string,
  measured: Awaited<ReturnType<typeof lastValues>>[number],
  mostHours: number,
  now: Date,
): Row {
  if (measured === undefined) return wrong(name, `${what}: not measured in the last days`, { ageHours: null });
  const hours = measured.value + secondsSince(measured.at, now) / HOUR;
  const facts = { ageHours: Number(hours.toFixed(1)), measuredAt: measured.at.toISOString() };
  return judged(hours <= mostHours, name, `${what} ${duration(hours * HOUR)} ago`, facts);
}
