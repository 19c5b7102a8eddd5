/** Copies the objects of a bucket to another one inside S3, and compares both. Nothing is deleted, and nothing newer overwritten. */
import type { S3, _Object as ListedObject } from '@aws-sdk/client-s3';
import { explained } from '../../../aws/errors';
import { Interrupted } from '../../../aws/waiting';
import { done, type Outcome, type Step, type StepTools } from '../steps';

export interface BucketPair {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** Reads and writes both; in the region of the target, which S3 copies to. */
  readonly s3: () => Promise<S3>;
  /** In the region of the source. */
  readonly sourceS3: () => Promise<S3>;
}

/** S3 copies larger objects in parts. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const LARGEST_AT_ONCE = 5 * 1024 ** 3;

const PART_BYTES = 512 * 1024 ** 2;

/** Copies at the same time. */
const PARALLEL = 16;

/** Objects that a message names. */
const NAMED = 5;

export interface Comparison {
  readonly objects: number;
  readonly bytes: number;
  /** Objects that are missing or other ones at the target. */
  readonly different: readonly string[];
  /** Compared by size and time, because S3 keeps no checksum that both have. */
  readonly withoutChecksum: number;
  /** Objects that are only at the target. */
  readonly extra: readonly string[];
}

export function bucketSteps(pairs: readonly BucketPair[]): readonly Step[] {
  return pairs.flatMap((pair) => [
    {
      id: `copy/bucket-${pair.key}`,
      phase: 'copy' as const,
      text: `copies the objects of ${pair.from} to ${pair.to}`,
      run: (tools: StepTools) => copyObjects(pair, tools),
    },
    {
      id: `last-copy/bucket-${pair.key}`,
      phase: 'last-copy' as const,
      text: `copies what ${pair.from} has gained since`,
      run: (tools: StepTools) => copyObjects(pair, tools),
    },
    {
      id: `last-verify/bucket-${pair.key}`,
      phase: 'last-verify' as const,
      text: `compares the objects of ${pair.from} and ${pair.to} by size and checksum`,
      run: async (tools: StepTools): Promise<Outcome> => {
        const { different, ...found } = await compareBuckets(pair, tools.signal);
        if (different.length > 0)
          return {
            kind: 'failed',
            why: `${pair.to} differs from ${pair.from}: ${some(different)}`,
            repeatFrom: `last-copy/bucket-${pair.key}`,
          };
        return done(notesOf(pair, found));
      },
    },
    {
      id: `watch/bucket-${pair.key}`,
      phase: 'watch' as const,
      text: `copies what was still written to ${pair.from} during the switch`,
      run: (tools: StepTools) => copyObjects(pair, tools),
    },
  ]);
}

/** Objects of the target that were written after a moment. */
export async function objectsSince({ to, s3 }: Pick<BucketPair, 'to' | 's3'>, since: Date): Promise<readonly string[]> {
  const objects = await listed(await s3(), to);
  return [...objects.values()].filter(({ LastModified: at }) => at !== undefined && at > since).map(({ Key: key = '' }) => key);
}

/** Older versions are no part of a copy. */
export async function olderVersions({ from, sourceS3 }: Pick<BucketPair, 'from' | 'sourceS3'>): Promise<number> {
  const s3 = await sourceS3();
  let count = 0;
  for (let KeyMarker: string | undefined, VersionIdMarker: string | undefined; ;) {
    const page = await explained(`listing the versions of ${from}`, () =>
      s3.listObjectVersions({ Bucket: from, KeyMarker, VersionIdMarker }),
    );
    count += (page.Versions ?? []).filter(({ IsLatest: latest }) => latest !== true).length;
    if (page.IsTruncated !== true) return count;
    [KeyMarker, VersionIdMarker] = [page.NextKeyMarker, page.NextVersionIdMarker];
  }
}

async function copyObjects(pair: BucketPair, { signal, report }: Pick<StepTools, 'signal' | 'report'>): Promise<Outcome> {
  const { from, to } = pair;
  const [source, target] = await Promise.all([listed(await pair.sourceS3(), from), listed(await pair.s3(), to)]);
  const wanted = [...source.values()].filter((object) => isNewer(object, target.get(object.Key ?? '')));
  const s3 = await pair.s3();
  let copied = 0;
  const queue = [...wanted];
  const work = async (): Promise<void> => {
    for (let object = queue.shift(); object !== undefined; object = queue.shift()) {
      if (signal?.aborted === true) throw new Interrupted();
      await copyObject(s3, pair, object);
      copied += 1;
      if (copied % 1000 === 0) report(`${from}: ${copied} of ${wanted.length} objects`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return done([`${from}: ${copied} objects copied, ${source.size - copied} were there`]);
}

/** Missing, or replaced at the source after it was copied. What was written to the target later stays. */
function isNewer(source: ListedObject, target: ListedObject | undefined): boolean {
  if (target === undefined) return true;
  return (source.LastModified?.getTime() ?? 0) > (target.LastModified?.getTime() ?? 0);
}

async function copyObject(s3: S3, { from, to }: BucketPair, { Key: key = '', Size: size = 0 }: ListedObject): Promise<void> {
  const CopySource = `${from}/${key.split('/').map(encodeURIComponent).join('/')}`;
  await explained(`copying ${key} to ${to}`, async () => {
    if (size <= LARGEST_AT_ONCE) return void (await s3.copyObject({ Bucket: to, Key: key, CopySource }));
    const { ContentType, Metadata, CacheControl, ContentDisposition, ContentEncoding } = await s3.headObject({
      Bucket: from,
      Key: key,
    });
    const about = { ContentType, Metadata, CacheControl, ContentDisposition, ContentEncoding };
    const { UploadId } = await s3.createMultipartUpload({ Bucket: to, Key: key, ...about });
    const Parts = [];
    for (let at = 0, PartNumber = 1; at < size; at += PART_BYTES, PartNumber += 1) {
      const CopySourceRange = `bytes=${at}-${Math.min(at + PART_BYTES, size) - 1}`;
      const { CopyPartResult: part } = await s3.uploadPartCopy({
        Bucket: to,
        Key: key,
        UploadId,
        PartNumber,
        CopySource,
        CopySourceRange,
      });
      Parts.push({ PartNumber, ETag: part?.ETag });
    }
    await s3.completeMultipartUpload({ Bucket: to, Key: key, UploadId, MultipartUpload: { Parts } });
  });
}

export async function compareBuckets(pair: BucketPair, signal?: AbortSignal): Promise<Comparison> {
  const [sourceS3, s3] = [await pair.sourceS3(), await pair.s3()];
  const [source, target] = await Promise.all([listed(sourceS3, pair.from), listed(s3, pair.to)]);
  const different: string[] = [];
  let withoutChecksum = 0;
  let bytes = 0;
  const queue = [...source.entries()];
  const work = async (): Promise<void> => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      if (signal?.aborted === true) throw new Interrupted();
      const [key, object] = entry;
      bytes += object.Size ?? 0;
      const copy = target.get(key);
      if (copy === undefined || copy.Size !== object.Size) different.push(key);
      else if (!hasSameHash(object, copy)) {
        const same = await sameChecksum({ s3: sourceS3, bucket: pair.from }, { s3, bucket: pair.to }, key);
        if (same === undefined) withoutChecksum += 1;
        if (same === false || (same === undefined && isNewer(object, copy))) different.push(key);
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  const extra = [...target.keys()].filter((key) => !source.has(key));
  return { objects: source.size, bytes, different: different.sort(), withoutChecksum, extra };
}

/** The ETag of an object that was written at once is the MD5 of its content, unless a KMS key encrypts it. */
function hasSameHash({ ETag: one }: ListedObject, { ETag: other }: ListedObject): boolean {
  return one !== undefined && one === other && !one.includes('-');
}

interface Side {
  readonly s3: S3;
  readonly bucket: string;
}

const CHECKSUMS = ['ChecksumCRC64NVME', 'ChecksumSHA256', 'ChecksumCRC32C', 'ChecksumCRC32', 'ChecksumSHA1'] as const;

/** Undefined: there is none of the same kind over the whole object. */
async function sameChecksum(source: Side, target: Side, key: string): Promise<boolean | undefined> {
  const headOf = ({ s3, bucket }: Side) =>
    explained(`reading the checksum of ${key}`, () => s3.headObject({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
  const [one, other] = await Promise.all([headOf(source), headOf(target)]);
  if (one.ChecksumType === 'COMPOSITE' || other.ChecksumType === 'COMPOSITE') return undefined;
  const kind = CHECKSUMS.find((name) => one[name] !== undefined && other[name] !== undefined);
  return kind === undefined ? undefined : one[kind] === other[kind];
}

async function listed(s3: S3, bucket: string): Promise<ReadonlyMap<string, ListedObject>> {
  const objects = new Map<string, ListedObject>();
  for (let ContinuationToken: string | undefined; ;) {
    const page = await explained(`listing ${bucket}`, () => s3.listObjectsV2({ Bucket: bucket, ContinuationToken }));
    for (const object of page.Contents ?? []) if (object.Key !== undefined) objects.set(object.Key, object);
    if (page.IsTruncated !== true) return objects;
    ContinuationToken = page.NextContinuationToken;
  }
}

function notesOf(
  { from, to }: BucketPair,
  { objects, bytes, withoutChecksum, extra }: Omit<Comparison, 'different'>,
): readonly string[] {
  return [
    `${from}: ${objects} objects with ${bytes} bytes are the same in ${to}`,
    ...(withoutChecksum === 0 ? [] : [`${withoutChecksum} of them compared by size and time: S3 keeps no checksum of them`]),
    ...(extra.length === 0 ? [] : [`only in ${to}: ${some(extra)}`]),
  ];
}

export function some(keys: readonly string[]): string {
  return [...keys.slice(0, NAMED), ...(keys.length > NAMED ? [`and ${keys.length - NAMED} more`] : [])].join(', ');
}
