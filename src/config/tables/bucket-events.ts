/**
 * What a bucket can notify of, as S3 names it. Events of replication and of reduced redundancy are left out: no bucket here has
 * either. Source: Amazon S3 user guide, "Supported event types for SQS, SNS, and Lambda".
 */
export const BUCKET_EVENTS = [
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
  's3:ObjectRestore:*',
  's3:ObjectRestore:Post',
  's3:ObjectRestore:Completed',
  's3:ObjectRestore:Delete',
  's3:ObjectTagging:*',
  's3:ObjectTagging:Put',
  's3:ObjectTagging:Delete',
  's3:LifecycleExpiration:*',
  's3:LifecycleExpiration:Delete',
  's3:LifecycleExpiration:DeleteMarkerCreated',
  's3:LifecycleTransition',
  's3:IntelligentTiering',
] as const;

export type BucketEvent = (typeof BUCKET_EVENTS)[number];

/** Whether some event is of both kinds: `s3:ObjectCreated:*` includes `s3:ObjectCreated:Put`. */
export function eventsOverlap(one: BucketEvent, other: BucketEvent): boolean {
  return one === other || includes(one, other) || includes(other, one);
}

function includes(all: BucketEvent, one: BucketEvent): boolean {
  return all.endsWith(':*') && one.startsWith(all.slice(0, -1));
}
