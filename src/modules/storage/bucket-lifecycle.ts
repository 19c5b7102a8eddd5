/** What happens to objects over time, as S3 lifecycle rules. Pure. */
import type { S3BucketLifecycleConfigurationRule } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import type { ResolvedBucket } from '../../config/resolved/environment';

export type LifecycleRule = S3BucketLifecycleConfigurationRule;

/** Parts of unfinished uploads are billed and invisible. A week is the figure of AWS's own example. */
export const ABORTED_UPLOAD_DAYS = 7;

export type Lifetime = Pick<ResolvedBucket, 'expireAfterDays' | 'oldVersionsDays'> & Partial<Pick<ResolvedBucket, 'transitions'>>;

/** An empty prefix selects every object. */
const everything = [{ prefix: '' }];

/** The rules of a bucket, one per concern, so that the console shows what each does. */
export function lifecycleRules(lifetime: Lifetime): readonly LifecycleRule[] {
  return [...abortedUploads(), ...currentObjects(lifetime), ...oldVersions(lifetime)];
}

function abortedUploads(): readonly LifecycleRule[] {
  return [
    {
      id: 'abandoned-uploads',
      status: 'Enabled',
      filter: everything,
      abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORTED_UPLOAD_DAYS }],
    },
  ];
}

function currentObjects({ expireAfterDays, transitions = [] }: Lifetime): readonly LifecycleRule[] {
  if (expireAfterDays === undefined && transitions.length === 0) return [];
  return [
    {
      id: 'objects',
      status: 'Enabled',
      filter: everything,
      transition:
        transitions.length === 0
          ? undefined
          : transitions.map(({ afterDays, storageClass }) => ({ days: afterDays, storageClass })),
      expiration: expireAfterDays === undefined ? undefined : [{ days: expireAfterDays }],
    },
  ];
}

/**
 * Also for a bucket without versioning: one that was versioned earlier still holds old versions. Expiration by days also
 * removes the delete markers that remain; without it a separate expiration does, because S3 refuses the two in one rule.
 */
function oldVersions({ expireAfterDays, oldVersionsDays }: Lifetime): readonly LifecycleRule[] {
  return [
    {
      id: 'old-versions',
      status: 'Enabled',
      filter: everything,
      noncurrentVersionExpiration: [{ noncurrentDays: oldVersionsDays }],
      expiration: expireAfterDays === undefined ? [{ expiredObjectDeleteMarker: true }] : undefined,
    },
  ];
}
