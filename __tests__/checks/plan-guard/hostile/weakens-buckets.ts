/** Plans that weaken what protects the objects of a bucket. */
import { entry, several, single, type HostileCase } from './hostile-case';

const expiry = (days: number, prefix = '') => ({
  id: 'objects',
  status: 'Enabled',
  filter: [{ prefix }],
  expiration: [{ days }],
  noncurrent_version_expiration: [],
});
const versions = (days: number) => ({
  id: 'old',
  status: 'Enabled',
  filter: [{ prefix: '' }],
  noncurrent_version_expiration: [{ noncurrent_days: days }],
});
const LIFECYCLE = { bucket: 'shop-uploads', rule: [expiry(365)] };
const BUCKET = entry(
  'aws_s3_bucket.uploads',
  { id: 'shop-uploads', bucket: 'shop-uploads' },
  { id: 'shop-uploads', bucket: 'shop-uploads' },
);

export const WEAKENS_BUCKETS: readonly HostileCase[] = [
  several(
    'an object of the whole bucket expires after a day',
    [BUCKET, entry('aws_s3_bucket_lifecycle_configuration.uploads', LIFECYCLE, { ...LIFECYCLE, rule: [expiry(1)] })],
    [BUCKET, entry('aws_s3_bucket_lifecycle_configuration.uploads', LIFECYCLE, { ...LIFECYCLE, rule: [expiry(730)] })],
  ),
  several(
    'a bucket that kept everything gets an expiry',
    [BUCKET, entry('aws_s3_bucket_lifecycle_configuration.uploads', null, LIFECYCLE)],
    [
      entry('aws_s3_bucket.uploads', null, { bucket: 'shop-uploads' }),
      entry('aws_s3_bucket_lifecycle_configuration.uploads', null, LIFECYCLE),
    ],
  ),
  several(
    'a bucket that kept everything gets an expiry, together with another new setting',
    [
      BUCKET,
      entry('aws_s3_bucket_lifecycle_configuration.uploads', null, LIFECYCLE),
      entry('aws_s3_bucket_logging.uploads', null, { bucket: 'shop-uploads', id: 'shop-uploads' }),
    ],
    [BUCKET, entry('aws_s3_bucket_logging.uploads', null, { bucket: 'shop-uploads', id: 'shop-uploads' })],
  ),
  several(
    'a part of a bucket expires that did not',
    [
      BUCKET,
      entry(
        'aws_s3_bucket_lifecycle_configuration.uploads',
        { ...LIFECYCLE, rule: [] },
        { ...LIFECYCLE, rule: [expiry(1, 'users/')] },
      ),
    ],
    [
      BUCKET,
      entry(
        'aws_s3_bucket_lifecycle_configuration.uploads',
        { ...LIFECYCLE, rule: [expiry(1, 'users/')] },
        { ...LIFECYCLE, rule: [] },
      ),
    ],
  ),
  several(
    'overwritten objects are kept for a day',
    [
      BUCKET,
      entry(
        'aws_s3_bucket_lifecycle_configuration.uploads',
        { ...LIFECYCLE, rule: [versions(30)] },
        { ...LIFECYCLE, rule: [versions(1)] },
      ),
    ],
    [
      BUCKET,
      entry(
        'aws_s3_bucket_lifecycle_configuration.uploads',
        { ...LIFECYCLE, rule: [versions(30)] },
        { ...LIFECYCLE, rule: [versions(90)] },
      ),
    ],
  ),
  ...['Suspended', 'Disabled'].map((status) =>
    single(
      `versioning is ${status.toLowerCase()}`,
      'aws_s3_bucket_versioning.uploads',
      { bucket: 'shop-uploads', versioning_configuration: [{ status: 'Enabled' }] },
      { versioning_configuration: [{ status }] },
      { versioning_configuration: [{ status: 'Enabled', mfa_delete: 'Enabled' }] },
    ),
  ),
  several(
    'versioning is removed',
    [BUCKET, entry('aws_s3_bucket_versioning.uploads', { bucket: 'shop-uploads' }, null)],
    [
      entry(
        'aws_s3_bucket.uploads',
        { id: 'shop-uploads', bucket: 'shop-uploads' },
        { id: 'shop-uploads', bucket: 'shop-uploads' },
      ),
      entry(
        'aws_s3_bucket_versioning.uploads',
        { bucket: 'shop-uploads', versioning_configuration: [{ status: 'Enabled' }] },
        null,
      ),
      entry('aws_s3_bucket_versioning.files', null, {
        bucket: 'shop-uploads',
        versioning_configuration: [{ status: 'Enabled' }],
      }),
    ],
  ),
  several(
    'versioning is suspended under another address',
    [
      BUCKET,
      entry(
        'aws_s3_bucket_versioning.uploads',
        { bucket: 'shop-uploads', versioning_configuration: [{ status: 'Enabled' }] },
        null,
      ),
      entry('aws_s3_bucket_versioning.files', null, {
        bucket: 'shop-uploads',
        versioning_configuration: [{ status: 'Suspended' }],
      }),
    ],
    [
      entry('aws_s3_bucket.new', null, { bucket: 'shop-new' }),
      entry('aws_s3_bucket_versioning.new', null, { bucket: 'shop-new', versioning_configuration: [{ status: 'Suspended' }] }),
    ],
  ),
  several(
    'the object lock is removed',
    [BUCKET, entry('aws_s3_bucket_object_lock_configuration.uploads', { bucket: 'shop-uploads', rule: [] }, null)],
    [BUCKET],
  ),
  single(
    'objects are locked for a shorter time',
    'aws_s3_bucket_object_lock_configuration.audit',
    { bucket: 'audit', rule: [{ default_retention: [{ days: 365, mode: 'COMPLIANCE' }] }] },
    { rule: [{ default_retention: [{ days: 1, mode: 'COMPLIANCE' }] }] },
    { rule: [{ default_retention: [{ days: 730, mode: 'COMPLIANCE' }] }] },
  ),
  single(
    'a lock may be lifted by a permission',
    'aws_s3_bucket_object_lock_configuration.audit',
    { bucket: 'audit', rule: [{ default_retention: [{ days: 365, mode: 'COMPLIANCE' }] }] },
    { rule: [{ default_retention: [{ days: 365, mode: 'GOVERNANCE' }] }] },
    { rule: [{ default_retention: [{ days: 366, mode: 'COMPLIANCE' }] }] },
  ),
  single(
    'pages of any site may use a bucket',
    'aws_s3_bucket_cors_configuration.uploads',
    { bucket: 'shop-uploads', cors_rule: [{ allowed_origins: ['https://shop.example'], allowed_methods: ['PUT'] }] },
    { cors_rule: [{ allowed_origins: ['*'], allowed_methods: ['PUT'] }] },
    { cors_rule: [{ allowed_origins: ['https://shop.example'], allowed_methods: ['PUT', 'GET'] }] },
  ),
];
