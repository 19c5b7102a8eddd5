/** What becomes of objects with time, as rules of S3. Pure. */
import type { S3BucketLifecycleConfigurationRule } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import type { ResolvedBucket } from '../../config/resolved/environment';

/** Parts of uploads that were never finished are billed and invisible; a week is AWS's own example. */
const ABANDONED_UPLOAD_DAYS = 7;

export type Lifetime = Pick<ResolvedBucket, 'versioning' | 'expireAfterDays' | 'transitions' | 'oldVersionsDays'>;

/** An empty prefix selects every object. */
const everything = [{ prefix: '' }];

/** The rules of a bucket; each concern is a rule of its own, so that a console shows what does what. */
export function lifecycleRules(lifetime: Lifetime): S3BucketLifecycleConfigurationRule[] {
  return [...abandonedUploads(), ...currentObjects(lifetime), ...oldVersions(lifetime)];
}

function abandonedUploads(): S3BucketLifecycleConfigurationRule[] {
  return [
    {
      id: 'abandoned-uploads',
      status: 'Enabled',
      filter: everything,
      abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABANDONED_UPLOAD_DAYS }],
    },
  ];
}

function currentObjects({ expireAfterDays, transitions }: Lifetime): S3BucketLifecycleConfigurationRule[] {
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
 * Also in a bucket without versioning: one that had it once still holds old versions. Expiry by days removes the
 * delete markers it leaves behind; without it a rule must, and S3 takes the two only apart.
 */
function oldVersions({ expireAfterDays, oldVersionsDays }: Lifetime): S3BucketLifecycleConfigurationRule[] {
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
