/** Restores a backup of the database of a box beside the live one, on its host: the newest one that is not younger than the time. */
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import { runOnHost, scriptHostOf } from '../box/host-command';
import type { Target } from '../target';
import { written, type Moment } from './moment';
import type { Restorable, Restored, RestoreOptions, RestoreReport } from './restored';

/** A dump of some gigabytes is restored in minutes. */
const RESTORING_SECONDS = 4 * 3600;
const COMMAND_SECONDS = 300;

const STAMP = /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.sha256$/;

const RESTORE = '/usr/local/sbin/terrace-restore';

interface BackupSet {
  /** `20260131T020000Z` */
  readonly stamp: string;
  readonly date: Date;
}

/** The complete sets in S3, oldest first. */
async function setsOf(target: Target): Promise<readonly BackupSet[]> {
  const { tier } = target.environment;
  if (tier.kind !== 'box') throw new CommandError(`the database of ${target.name} is on a host, and its tier is ${tier.kind}`);
  const { bucket: key } = tier.box.backup;
  const bucket = (await target.published('data'))?.buckets[key]?.name;
  if (bucket === undefined) throw new CommandError(`${target.name}-data publishes no bucket "${key}": deploy it first`);
  const s3 = await target.aws.s3();
  const sets: BackupSet[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await explained(`listing the backups in ${bucket}`, () =>
      s3.listObjectsV2({ Bucket: bucket, Prefix: 'database/', ContinuationToken }),
    );
    for (const { Key = '' } of page.Contents ?? []) {
      const [, year, month, day, hour, minute, second] = STAMP.exec(Key) ?? [];
      if (second === undefined) continue;
      sets.push({
        stamp: `${year}${month}${day}T${hour}${minute}${second}Z`,
        date: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`),
      });
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return sets.sort((one, other) => one.date.getTime() - other.date.getTime());
}

export async function restorableHostDatabase(target: Target, key: string): Promise<Restorable> {
  const sets = await setsOf(target);
  const known = { kind: 'database', key } as const;
  return sets.length === 0 ? { ...known, not: 'it has no backups' } : { ...known, points: sets.map(({ date }) => written(date)) };
}

/** The host goes on when this is interrupted; the same command then finds what is there. @param files whether those of applications too */
export async function restoreHostDatabase(
  target: Target,
  key: string,
  moment: Moment,
  { report, signal, files }: RestoreOptions & { readonly files: boolean },
): Promise<RestoreReport> {
  const sets = await setsOf(target);
  const set = sets.filter(({ date }) => date <= moment.date).at(-1);
  if (set === undefined)
    throw new CommandError(
      `there is no backup that is as old as ${written(moment.date)}\n  allowed  ${sets[0] === undefined ? 'none: there are no backups' : `${written(sets[0].date)} or later`}`,
    );
  const instance = await scriptHostOf(target);
  report(`the host restores the backup of ${written(set.date)} beside the live database`);
  const line = [RESTORE, '--beside', ...(files ? ['--files'] : []), set.stamp].join(' ');
  const { exitCode, stdout, stderr } = await runOnHost(target, instance, line, { timeoutSeconds: RESTORING_SECONDS, signal });
  const lines = stdout.split('\n').map((text) => text.split('\t'));
  const [, name, tables, rows] = lines.find(([first]) => first === 'beside') ?? [];
  if (exitCode !== 0 || name === undefined)
    throw new CommandError(`the host could not restore it: ${stderr.trim() || stdout.trim()}`);
  return {
    environment: target.name,
    kind: 'database',
    key,
    name,
    asOf: written(set.date),
    address: `${name} on the host${files ? `, files in /data/restored/${set.stamp}` : ''}`,
    tables: lines
      .filter(({ length, 0: first }) => length === 2 && first !== 'beside')
      .map(([table = '', count = '0']) => ({
        schema: table.slice(0, Math.max(0, table.indexOf('.'))),
        table: table.slice(table.indexOf('.') + 1),
        rows: Number(count),
        estimate: Number(count),
      })),
    totals: { tables: Number(tables), rows: Number(rows) },
  };
}

/** Databases beside the live one. */
export async function restoredHostDatabases(target: Target, key: string): Promise<readonly Restored[]> {
  const query = `select datname from pg_database where datname ~ '^restored_[0-9]{8}t[0-9]{6}z$' order by 1`;
  const line = `/usr/local/sbin/terrace-pg psql -XAtq -d postgres -c "${query}"`;
  const { exitCode, stdout, stderr } = await runOnHost(target, await scriptHostOf(target), line, {
    timeoutSeconds: COMMAND_SECONDS,
  });
  if (exitCode !== 0) throw new CommandError(`the host cannot list its databases: ${stderr.trim()}`);
  return stdout
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => ({ kind: 'database', key, name, asOf: timeOf(name) }));
}

const timeOf = (name: string): string => name.replace(/^restored_(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)z$/, '$1-$2-$3T$4:$5:$6Z');

export async function dropHostDatabase(target: Target, { name }: Restored): Promise<void> {
  const stamp = name.replace('restored_', '').toUpperCase();
  const line = `${RESTORE} --drop ${stamp}`;
  const { exitCode, stderr } = await runOnHost(target, await scriptHostOf(target), line, { timeoutSeconds: COMMAND_SECONDS });
  if (exitCode !== 0) throw new CommandError(`the host could not remove ${name}: ${stderr.trim()}`);
}
