/** Copies the objects of a bucket as they were at a time into a bucket beside it, out of the versions that S3 keeps. */
import type { ObjectVersion, S3 } from '@aws-sdk/client-s3';
import { explained, isAwsError } from '../../aws/errors';
import { Interrupted } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { fitName, NAME_LIMITS } from '../../config/names';
import type { ResolvedBucket } from '../../config/resolved/environment';
import type { Target } from '../target';
import { requireWithin, written, type Moment, type Window } from './moment';
import { restoredAsOf, tagsOf, type Restorable, type Restored, type RestoreOptions, type RestoreReport } from './restored';

const DAY = 24 * 3600 * 1000;

/** Copies at the same time. */
const AT_ONCE = 16;

/** S3 copies larger objects only in parts. Source: Amazon S3 API reference, CopyObject. */
export const LARGEST_COPY = 5 * 1024 ** 3;

interface Chosen {
  readonly key: string;
  readonly version: string;
  readonly bytes: number;
}

/** @throws CommandError for a bucket without versions */
function bucketWindow({ key, versioning, objectLock, oldVersionsDays }: ResolvedBucket, now: Date): Window {
  if (!versioning && objectLock === undefined)
    throw new CommandError(
      `the bucket ${key} keeps no versions: what was overwritten or deleted is gone (buckets.${key}.versioning)`,
    );
  return { earliest: new Date(now.getTime() - oldVersionsDays * DAY), latest: now };
}

export function restorableBucket(bucket: ResolvedBucket, now: Date = new Date()): Restorable {
  const known = { kind: 'bucket', key: bucket.key } as const;
  try {
    const { earliest, latest } = bucketWindow(bucket, now);
    return { ...known, from: written(earliest), to: written(latest) };
  } catch (error) {
    if (error instanceof CommandError) return { ...known, not: error.message };
    throw error;
  }
}

export function restoredBucketName(bucket: string, { stamp }: Moment): string {
  return fitName(`${bucket}-restored-${stamp}`, NAME_LIMITS.s3Bucket);
}

/** Objects that are in the new bucket already are not copied again. */
export async function restoreBucket(
  target: Target,
  bucket: ResolvedBucket,
  moment: Moment,
  { prefix = '', report, signal }: RestoreOptions & { readonly prefix?: string },
): Promise<RestoreReport> {
  requireWithin(moment, bucketWindow(bucket, new Date()), `the bucket ${bucket.key}`);
  const s3 = await target.aws.s3();
  const name = restoredBucketName(bucket.name, moment);
  const chosen = await versionsAt(s3, bucket.name, moment.date, prefix);
  const large = chosen.filter(({ bytes }) => bytes > LARGEST_COPY);
  if (large.length > 0)
    throw new CommandError(
      `S3 copies no object above 5 GB at once, and ${large.length} are larger: ${large.map(({ key }) => key).join(', ')}\n  fix   restore other objects with --prefix, and copy these by hand`,
    );
  await createBeside(target, s3, name, moment);
  const there = await objectsOf(s3, name);
  const missing = chosen.filter(({ key, bytes }) => there.get(key) !== bytes);
  report(`${chosen.length} objects as of ${written(moment.date)}, ${missing.length} of them to be copied into ${name}`);
  await copyAll(s3, { from: bucket.name, to: name, objects: missing, report, signal });
  const copied = await objectsOf(s3, name);
  const lost = chosen.filter(({ key, bytes }) => copied.get(key) !== bytes);
  if (lost.length > 0)
    throw new CommandError(`${name} lacks ${lost.length} objects, such as ${lost[0]?.key ?? ''}: run it again`);
  return {
    environment: target.name,
    kind: 'bucket',
    key: bucket.key,
    name,
    asOf: written(moment.date),
    address: `s3://${name}`,
    objects: chosen.length,
    bytes: chosen.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** The newest version of each object that is not younger than the time, unless it was deleted then. */
export async function versionsAt(s3: S3, bucket: string, date: Date, prefix: string): Promise<readonly Chosen[]> {
  const newest = new Map<string, { readonly at: Date; readonly object?: Chosen }>();
  const consider = (
    { Key, LastModified, VersionId }: Pick<ObjectVersion, 'Key' | 'LastModified' | 'VersionId'>,
    bytes: number | undefined,
  ): void => {
    if (Key === undefined || LastModified === undefined || LastModified > date) return;
    const known = newest.get(Key);
    // Of two in the same second, the one that is considered first counts.
    if (known !== undefined && known.at >= LastModified) return;
    newest.set(Key, {
      at: LastModified,
      object: bytes === undefined ? undefined : { key: Key, version: VersionId ?? 'null', bytes },
    });
  };
  let [KeyMarker, VersionIdMarker]: (string | undefined)[] = [];
  do {
    const page = await explained(`listing the versions in ${bucket}`, () =>
      s3.listObjectVersions({ Bucket: bucket, Prefix: prefix, KeyMarker, VersionIdMarker }),
    );
    // S3 lists versions from the newest to the oldest, and deletions apart from them. In the same second, a deletion is known to be
    // the later one only when nothing came after it; otherwise the object is restored, rather than left out.
    const { Versions: versions = [], DeleteMarkers: deletions = [] } = page;
    for (const marker of deletions.filter(({ IsLatest }) => IsLatest === true)) consider(marker, undefined);
    for (const version of versions) consider(version, version.Size ?? 0);
    for (const marker of deletions) consider(marker, undefined);
    [KeyMarker, VersionIdMarker] = page.IsTruncated === true ? [page.NextKeyMarker, page.NextVersionIdMarker] : [];
  } while (KeyMarker !== undefined);
  return [...newest.values()].flatMap(({ object }) => (object === undefined ? [] : [object]));
}

async function createBeside({ aws, name: environment }: Target, s3: S3, bucket: string, moment: Moment): Promise<void> {
  const state = await stateOf(s3, bucket, environment);
  if (state === 'restored') return;
  if (state === 'strange') throw new CommandError(`there is a bucket ${bucket} that no restore has made: nothing is changed`);
  const { region } = aws.options;
  // us-east-1 is the one region that may not be named.
  const location = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };
  if (state === 'missing') await explained(`creating ${bucket}`, () => s3.createBucket({ Bucket: bucket, ...location }));
  await explained(`tagging ${bucket}`, () =>
    s3.putBucketTagging({ Bucket: bucket, Tagging: { TagSet: [...tagsOf(environment, moment)] } }),
  );
}

/** A restore that was interrupted between creating and tagging left a bucket that is empty. */
async function stateOf(s3: S3, bucket: string, environment: string): Promise<'missing' | 'empty' | 'restored' | 'strange'> {
  try {
    const { TagSet } = await s3.getBucketTagging({ Bucket: bucket });
    return restoredAsOf(TagSet, environment) === undefined ? 'strange' : 'restored';
  } catch (error) {
    if (isAwsError(error, 'NoSuchBucket')) return 'missing';
    if (isAwsError(error, 'NoSuchTagSet')) return (await objectsOf(s3, bucket)).size === 0 ? 'empty' : 'strange';
    return explained(`looking at ${bucket}`, () => Promise.reject(error as Error));
  }
}

/** Key to size. */
async function objectsOf(s3: S3, bucket: string): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  let ContinuationToken: string | undefined;
  do {
    const page = await explained(`listing ${bucket}`, () => s3.listObjectsV2({ Bucket: bucket, ContinuationToken }));
    for (const { Key = '', Size = 0 } of page.Contents ?? []) found.set(Key, Size);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return found;
}

interface Copying extends Pick<RestoreOptions, 'report' | 'signal'> {
  readonly from: string;
  readonly to: string;
  readonly objects: readonly Chosen[];
}

async function copyAll(s3: S3, { from, to, objects, report, signal }: Copying): Promise<void> {
  for (let index = 0; index < objects.length; index += AT_ONCE) {
    if (signal?.aborted === true) throw new Interrupted();
    await Promise.all(
      objects
        .slice(index, index + AT_ONCE)
        .map(({ key, version }) =>
          explained(`copying ${key}`, () =>
            s3.copyObject({ Bucket: to, Key: key, CopySource: `${from}/${encodeURIComponent(key)}?versionId=${version}` }),
          ),
        ),
    );
    report(`${Math.min(index + AT_ONCE, objects.length)} of ${objects.length} objects copied`);
  }
}

/** Buckets that restores of this environment have made: only those beside one of its buckets are asked for their tags. */
export async function restoredBuckets({ aws, name: environment, environment: { data } }: Target): Promise<readonly Restored[]> {
  const s3 = await aws.s3();
  const { Buckets: all = [] } = await explained('listing buckets', () => s3.listBuckets({}));
  const beside = all.flatMap(({ Name: name = '' }) => {
    const bucket = data.buckets.find((one) => name.startsWith(one.name.slice(0, 40)) && name !== one.name);
    return bucket === undefined ? [] : [{ name, key: bucket.key }];
  });
  const found = await Promise.all(
    beside.map(async ({ name, key }): Promise<readonly Restored[]> => {
      try {
        const { TagSet } = await s3.getBucketTagging({ Bucket: name });
        const asOf = restoredAsOf(TagSet, environment);
        return asOf === undefined ? [] : [{ kind: 'bucket', key, name, asOf }];
      } catch (error) {
        if (isAwsError(error, 'NoSuchTagSet', 'NoSuchBucket', 'AccessDenied')) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}

/** With its objects; it has no versions. */
export async function dropBucket({ aws }: Target, { name }: Restored): Promise<void> {
  const s3 = await aws.s3();
  const keys = [...(await objectsOf(s3, name)).keys()];
  for (let index = 0; index < keys.length; index += 1000) {
    const Objects = keys.slice(index, index + 1000).map((Key) => ({ Key }));
    await explained(`emptying ${name}`, () => s3.deleteObjects({ Bucket: name, Delete: { Objects, Quiet: true } }));
  }
  await explained(`deleting ${name}`, () => s3.deleteBucket({ Bucket: name }));
}
