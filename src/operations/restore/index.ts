/** What can be restored of an environment, on every tier: the switch between what RDS, AWS Backup, S3 and a host keep. */
import { CommandError } from '../../cli/errors';
import { databasePlaceOf } from '../database-places';
import type { Target } from '../target';
import { dropBucket, restorableBucket, restoreBucket, restoredBuckets } from './bucket';
import { dropDatabase, restorableDatabase, restoreDatabase, restoredDatabases } from './database';
import { dropFiles, restorableFiles, restoredFileSystems, restoreFiles } from './file-system';
import { dropHostDatabase, restorableHostDatabase, restoredHostDatabases, restoreHostDatabase } from './host-database';
import { requireWithin, written, type Moment } from './moment';
import type { Restorable, Restored, RestoreOptions, RestoreReport } from './restored';

/** What a person asks for. */
export type Wanted =
  | { readonly kind: 'database'; readonly hostFiles: boolean }
  | { readonly kind: 'files'; readonly key: string }
  | { readonly kind: 'bucket'; readonly key: string; readonly prefix: string };

/** @throws CommandError for what the environment does not have */
export function requireWanted({ name, environment: { data } }: Target, wanted: Wanted): void {
  if (wanted.kind === 'database') {
    if (data.database === undefined)
      throw new CommandError(`${name} has no database\n  fix   name a file system or a bucket: --files, --bucket`);
    if (wanted.hostFiles && data.database.placement !== 'host')
      throw new CommandError('--host-files needs a database on the host of a box\n  fix   --files <key> restores a file system');
    return;
  }
  const [what, known] = wanted.kind === 'files' ? ['file system', data.fileSystems] : ['bucket', data.buckets];
  if (known.some(({ key }) => key === wanted.key)) return;
  const allowed = known.map(({ key }) => key).join(', ') || 'none: it has none';
  throw new CommandError(`${name} has no ${what} "${wanted.key}"\n  allowed  ${allowed}`);
}

/** Out of what it is restored: a time, or that of a copy. @throws CommandError when nothing is as old */
export async function sourceOf(target: Target, wanted: Wanted, { date }: Moment): Promise<string> {
  const { kind, key, from, to, points, not } = await restorableOf(target, wanted);
  if (not !== undefined) throw new CommandError(not);
  if (points === undefined) {
    requireWithin({ date }, { earliest: new Date(from ?? 0), latest: new Date(to ?? 0) }, `the ${kind} ${key}`);
    return written(date);
  }
  const point = points.filter((one) => new Date(one) <= date).at(-1);
  if (point !== undefined) return point;
  throw new CommandError(`there is no copy of ${key} that is as old as ${written(date)}\n  allowed  ${points[0] ?? ''} or later`);
}

function restorableOf(target: Target, wanted: Wanted): Promise<Restorable> {
  const { database, buckets } = target.environment.data;
  if (wanted.kind === 'files') return restorableFiles(target, wanted.key);
  if (wanted.kind === 'bucket') {
    const bucket = buckets.find(({ key }) => key === wanted.key);
    if (bucket !== undefined) return Promise.resolve(restorableBucket(bucket));
  }
  if (database === undefined) throw new CommandError(`${target.name} has no database`);
  return database.placement === 'host' ? restorableHostDatabase(target, database.name) : restorableDatabase(target, database);
}

export async function restoreBeside(
  target: Target,
  wanted: Wanted,
  moment: Moment,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const { database, buckets } = target.environment.data;
  switch (wanted.kind) {
    case 'files':
      return restoreFiles(target, wanted.key, moment, options);
    case 'bucket': {
      const bucket = buckets.find(({ key }) => key === wanted.key);
      if (bucket === undefined) throw new CommandError(`${target.name} has no bucket "${wanted.key}"`);
      return restoreBucket(target, bucket, moment, { ...options, prefix: wanted.prefix });
    }
    case 'database':
      if (database === undefined) throw new CommandError(`${target.name} has no database`);
      return database.placement === 'host'
        ? restoreHostDatabase(target, database.name, moment, { ...options, files: wanted.hostFiles })
        : restoreDatabase(target, database, moment, await databasePlaceOf(target), options);
  }
}

/** All that can be restored. */
export async function restorables(target: Target): Promise<readonly Restorable[]> {
  const { database, fileSystems, buckets, logBucket } = target.environment.data;
  return [
    ...(database === undefined
      ? []
      : [
          await (database.placement === 'host'
            ? restorableHostDatabase(target, database.name)
            : restorableDatabase(target, database)),
        ]),
    ...(target.environment.tier.kind === 'box'
      ? []
      : await Promise.all(fileSystems.map(({ key }) => restorableFiles(target, key)))),
    ...buckets.filter(({ key }) => key !== logBucket).map((bucket) => restorableBucket(bucket)),
  ];
}

/** All that restores have made, and that is still there. */
export async function allRestored(target: Target): Promise<readonly Restored[]> {
  const { database, fileSystems, buckets } = target.environment.data;
  const found = await Promise.all([
    database === undefined
      ? []
      : database.placement === 'host'
        ? restoredHostDatabases(target, database.name)
        : restoredDatabases(target, database.name),
    fileSystems.length === 0 ? [] : restoredFileSystems(target),
    buckets.length === 0 ? [] : restoredBuckets(target),
  ]);
  return found.flat();
}

export async function dropRestored(target: Target, restored: Restored): Promise<void> {
  switch (restored.kind) {
    case 'files':
      return dropFiles(target, restored);
    case 'bucket':
      return dropBucket(target, restored);
    case 'database':
      return target.environment.data.database?.placement === 'host'
        ? dropHostDatabase(target, restored)
        : dropDatabase(target, restored);
  }
}
