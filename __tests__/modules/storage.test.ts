import 'cdktf/lib/testing/adapters/jest';
import { Testing } from 'cdktf';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import type { ResolvedBucket } from '../../src/config/resolved/environment';
import { Bucket, type BucketProps } from '../../src/modules/storage/bucket';
import { lifecycleRules } from '../../src/modules/storage/bucket-lifecycle';
import { Buckets, type BucketsProps } from '../../src/modules/storage/buckets';
import { FileSystem, type FileSystemProps } from '../../src/modules/storage/file-system';
import { resourcesOf, synthModule, theOnly, type RootModule } from '../support/synth';

const ACCOUNT = '123456789012';
const KEY_ARN = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/one`;

const bucketProps: BucketProps = {
  name: 'shop-uploads',
  versioning: false,
  encryption: 'sse-s3',
  lifecycle: lifecycleRules({ oldVersionsDays: 30 }),
  protect: false,
};

const bucket = (changes: Partial<BucketProps> = {}) =>
  synthModule((stack) => new Bucket(stack, 'uploads', { ...bucketProps, ...changes }));

/** A bucket that writes its access logs to another. */
const loggingPair = () =>
  synthModule((stack) => {
    const logs = new Bucket(stack, 'logs', {
      ...bucketProps,
      name: 'shop-logs',
      encryption: 'kms',
      keyArn: KEY_ARN,
      receivesLogsFrom: { accountId: ACCOUNT, buckets: ['shop-uploads'] },
    });
    new Bucket(stack, 'uploads', { ...bucketProps, accessLogsTo: logs });
  });

const statementsOf = (module: RootModule, address: string, type = 'aws_s3_bucket_policy') =>
  JSON.parse(module.resource?.[type]?.[address]?.policy as string).Statement as Record<string, any>[];

const encryptionOf = (module: RootModule, address: string) =>
  module.resource?.aws_s3_bucket_server_side_encryption_configuration?.[address]?.rule[0];

const lifecycleRule = (module: RootModule, id: string) =>
  theOnly(module, 'aws_s3_bucket_lifecycle_configuration').rule.find((rule: { id: string }) => rule.id === id);

describe('a bucket', () => {
  test('blocks the public in all four ways and owns its objects', () => {
    const json = Testing.synthScope((scope) => {
      new Bucket(scope, 'uploads', bucketProps);
    });
    expect(json).toHaveResourceWithProperties(S3BucketPublicAccessBlock, {
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(json).toHaveResourceWithProperties(S3Bucket, { bucket: 'shop-uploads' });
    expect(theOnly(bucket(), 'aws_s3_bucket_ownership_controls').rule).toEqual({ object_ownership: 'BucketOwnerEnforced' });
  });

  test('refuses plain HTTP and TLS older than 1.2, for the bucket and its objects', () => {
    const everything = {
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:*'],
      Resource: ['arn:aws:s3:::shop-uploads', 'arn:aws:s3:::shop-uploads/*'],
    };
    expect(statementsOf(bucket(), 'uploads_policy')).toEqual([
      { ...everything, Sid: 'TlsOnly', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { ...everything, Sid: 'Tls12OrNewer', Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } },
    ]);
  });

  test('gets its access settings one after the other, so that S3 sees no conflicting change', () => {
    const block = 'aws_s3_bucket_public_access_block.uploads_public-access';
    const ownership = 'aws_s3_bucket_ownership_controls.uploads_ownership';
    expect(theOnly(bucket(), 'aws_s3_bucket_ownership_controls').depends_on).toEqual([block]);
    expect(theOnly(bucket(), 'aws_s3_bucket_policy').depends_on).toEqual([block, ownership]);
  });

  test('adds the statements it is given, and allows nothing to anyone without them', () => {
    const allowed = (module: RootModule) => statementsOf(module, 'uploads_policy').filter(({ Effect }) => Effect === 'Allow');
    const statement = { sid: 'Read', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::shop-uploads/*'] };
    expect(allowed(bucket({ statements: [statement] })).map(({ Sid }) => Sid)).toEqual(['Read']);
    expect(allowed(bucket())).toEqual([]);
  });

  test('cannot be destroyed under protect', () => {
    expect(theOnly(bucket({ protect: true }), 'aws_s3_bucket')).toMatchObject({
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  test('is destroyed with its objects without protect', () => {
    const { force_destroy, lifecycle } = theOnly(bucket(), 'aws_s3_bucket');
    expect(force_destroy).toBe(true);
    expect(lifecycle).toBeUndefined();
  });

  test('uses the key it is given when it asks for kms, with a bucket key against the cost', () => {
    expect(encryptionOf(bucket({ encryption: 'kms', keyArn: KEY_ARN }), 'uploads_encryption')).toEqual({
      apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: KEY_ARN },
      bucket_key_enabled: true,
      blocked_encryption_types: ['SSE-C'],
    });
  });

  test('is AES-256 when it does not, even where there is a key', () => {
    const rule = encryptionOf(bucket({ keyArn: KEY_ARN }), 'uploads_encryption');
    expect(rule.apply_server_side_encryption_by_default).toEqual({ sse_algorithm: 'AES256' });
  });

  test('that takes log deliveries is AES-256 even when it asks for kms', () => {
    const rule = encryptionOf(loggingPair(), 'logs_encryption');
    expect(rule.apply_server_side_encryption_by_default).toEqual({ sse_algorithm: 'AES256' });
  });
});

describe('the lifetime of objects', () => {
  test('old versions are kept where versioning is asked for, and expire', () => {
    const module = bucket({ versioning: true, lifecycle: lifecycleRules({ oldVersionsDays: 45 }) });
    expect(theOnly(module, 'aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
    expect(lifecycleRule(module, 'old-versions').noncurrent_version_expiration).toEqual([{ noncurrent_days: 45 }]);
    expect(theOnly(module, 'aws_s3_bucket_lifecycle_configuration').depends_on).toEqual([
      'aws_s3_bucket_versioning.uploads_versioning',
    ]);
  });

  test('a bucket without versioning has no versioning block at all', () => {
    expect(resourcesOf(bucket(), 'aws_s3_bucket_versioning')).toEqual([]);
  });

  test('objects expire and move to colder storage as described', () => {
    const module = bucket({
      lifecycle: lifecycleRules({
        oldVersionsDays: 30,
        expireAfterDays: 90,
        transitions: [{ afterDays: 30, storageClass: 'GLACIER' }],
      }),
    });
    expect(lifecycleRule(module, 'objects')).toMatchObject({
      status: 'Enabled',
      expiration: [{ days: 90 }],
      transition: [{ days: 30, storage_class: 'GLACIER' }],
    });
    expect(lifecycleRule(module, 'old-versions').expiration).toBeUndefined();
  });

  test('a version is locked in governance mode for the days given, once versioning is on', () => {
    const module = bucket({ versioning: true, protect: true, objectLock: { mode: 'governance', days: 365 } });
    expect(theOnly(module, 'aws_s3_bucket')).not.toHaveProperty('object_lock_enabled');
    expect(theOnly(module, 'aws_s3_bucket_object_lock_configuration')).toMatchObject({
      rule: { default_retention: { mode: 'GOVERNANCE', days: 365 } },
      depends_on: ['aws_s3_bucket_versioning.uploads_versioning'],
    });
  });

  test('a lock can be for years, and in compliance mode', () => {
    const module = bucket({ versioning: true, protect: true, objectLock: { mode: 'compliance', years: 7 } });
    expect(theOnly(module, 'aws_s3_bucket_object_lock_configuration').rule).toEqual({
      default_retention: { mode: 'COMPLIANCE', years: 7 },
    });
  });

  test('a lock is part of the creation of a bucket only where that is asked for, because adding it later replaces the bucket', () => {
    const objectLock = { mode: 'governance', days: 365 } as const;
    const created = bucket({ versioning: true, protect: true, objectLock, createdWithLock: true });
    expect(theOnly(created, 'aws_s3_bucket').object_lock_enabled).toBe(true);
  });

  test('a bucket without a lock has none in its creation either', () => {
    expect(theOnly(bucket(), 'aws_s3_bucket')).not.toHaveProperty('object_lock_enabled');
    expect(resourcesOf(bucket(), 'aws_s3_bucket_object_lock_configuration')).toEqual([]);
  });

  test('nothing expires unless described, except uploads that were never finished', () => {
    expect(lifecycleRule(bucket(), 'objects')).toBeUndefined();
    expect(lifecycleRule(bucket(), 'abandoned-uploads').abort_incomplete_multipart_upload).toEqual([
      { days_after_initiation: 7 },
    ]);
  });
});

describe('pages of other origins', () => {
  const rule = {
    origins: ['https://shop.example'],
    methods: ['PUT', 'GET'],
    headers: ['content-type'],
    exposedHeaders: ['ETag'],
    maxAgeSeconds: 600,
  } as const;

  test('may use the bucket as its rules say', () => {
    const configuration = theOnly(bucket({ cors: [rule] }), 'aws_s3_bucket_cors_configuration');
    expect(configuration.bucket).toBe('${aws_s3_bucket.uploads_bucket.bucket}');
    expect(configuration.cors_rule).toEqual([
      {
        allowed_origins: ['https://shop.example'],
        allowed_methods: ['PUT', 'GET'],
        allowed_headers: ['content-type'],
        expose_headers: ['ETag'],
        max_age_seconds: 600,
      },
    ]);
  });

  test('may not where there is no rule', () => {
    for (const module of [bucket(), bucket({ cors: [] })])
      expect(resourcesOf(module, 'aws_s3_bucket_cors_configuration')).toEqual([]);
  });
});

describe('access logs', () => {
  test('go to the log bucket once its policy allows them', () => {
    expect(theOnly(loggingPair(), 'aws_s3_bucket_logging')).toMatchObject({
      target_bucket: '${aws_s3_bucket.logs_bucket.bucket}',
      target_prefix: 'buckets/shop-uploads/',
      depends_on: ['aws_s3_bucket_policy.logs_policy'],
    });
  });

  test('come only from the named buckets of this account, each to its own prefix', () => {
    const delivery = statementsOf(loggingPair(), 'logs_policy').find(({ Sid }) => Sid === 'BucketLogs');
    expect(delivery).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: ['logging.s3.amazonaws.com'] },
      Action: ['s3:PutObject'],
      Resource: ['arn:aws:s3:::shop-logs/buckets/shop-uploads/*'],
      Condition: {
        StringEquals: { 'aws:SourceAccount': ACCOUNT },
        ArnEquals: { 'aws:SourceArn': ['arn:aws:s3:::shop-uploads'] },
      },
    });
  });

  test('come from the load balancers of this account, to the prefix that names it', () => {
    const delivery = statementsOf(loggingPair(), 'logs_policy').find(({ Sid }) => Sid === 'LoadBalancerLogs');
    expect(delivery).toMatchObject({
      Principal: { Service: ['logdelivery.elasticloadbalancing.amazonaws.com'] },
      Resource: [`arn:aws:s3:::shop-logs/load-balancers/AWSLogs/${ACCOUNT}/*`],
    });
  });

  test('a bucket that receives no logs allows no delivery', () => {
    expect(statementsOf(bucket(), 'uploads_policy').filter(({ Effect }) => Effect === 'Allow')).toEqual([]);
    expect(resourcesOf(bucket(), 'aws_s3_bucket_logging')).toEqual([]);
  });
});

describe('the buckets of an environment', () => {
  const described = (key: string, purpose: ResolvedBucket['purpose']): ResolvedBucket => ({
    key,
    name: `shop-${key}`,
    purpose,
    versioning: false,
    encryption: 'sse-s3',
    transitions: [],
    oldVersionsDays: 30,
    cors: [],
    notifications: [],
  });
  const buckets = [described('uploads', 'application'), described('logs', 'logs'), described('archive', 'logs')];
  const make = (changes: Partial<BucketsProps> = {}) =>
    synthModule((stack) => {
      const props = { buckets, logBucket: 'logs', accessLogs: true, cdnAccessLogs: true, accountId: ACCOUNT, protect: false };
      new Buckets(stack, 'bucket', { ...props, ...changes });
    });
  const deliveries = (module: RootModule, key: string) =>
    statementsOf(module, `bucket_${key}_policy`).flatMap(({ Effect, Sid }) => (Effect === 'Allow' ? [Sid as string] : []));

  test('have one log bucket for the access logs of load balancers, of the other buckets and of CloudFront', () => {
    expect(deliveries(make(), 'logs')).toEqual(['LoadBalancerLogs', 'BucketLogs', 'CdnLogs']);
    expect(theOnly(make(), 'aws_s3_bucket_logging').bucket).toBe('${aws_s3_bucket.bucket_uploads_bucket.bucket}');
  });

  test('allow only load balancers to deliver to any other log bucket, and no one to an application bucket', () => {
    expect(deliveries(make(), 'archive')).toEqual(['LoadBalancerLogs']);
    expect(deliveries(make(), 'uploads')).toEqual([]);
  });

  test('write no access logs without `accessLogs`', () => {
    const quiet = make({ accessLogs: false, cdnAccessLogs: false });
    expect(deliveries(quiet, 'logs')).toEqual(['LoadBalancerLogs']);
    expect(resourcesOf(quiet, 'aws_s3_bucket_logging')).toEqual([]);
  });
});

describe('a file system', () => {
  const props: FileSystemProps = {
    name: 'shop-files',
    coldAfterDays: 30,
    warmOnRead: true,
    accessPoints: { uploads: { path: '/uploads', userId: 1000, groupId: 1001, permissions: '750' } },
    automaticBackup: false,
    subnetIds: ['subnet-a', 'subnet-b'],
    securityGroupId: 'sg-files',
    protect: false,
  };
  const fileSystem = (changes: Partial<FileSystemProps> = {}) =>
    synthModule((stack) => new FileSystem(stack, 'files', { ...props, ...changes }));

  test('is encrypted with the key it is given and scales its throughput', () => {
    expect(theOnly(fileSystem({ keyArn: KEY_ARN }), 'aws_efs_file_system')).toMatchObject({
      encrypted: true,
      kms_key_id: KEY_ARN,
      throughput_mode: 'elastic',
    });
  });

  test('is encrypted without a customer-managed key, too', () => {
    const { encrypted, kms_key_id } = theOnly(fileSystem(), 'aws_efs_file_system');
    expect(encrypted).toBe(true);
    expect(kms_key_id).toBeUndefined();
  });

  test('refuses plain NFS', () => {
    expect(statementsOf(fileSystem(), 'files_policy', 'aws_efs_file_system_policy')).toContainEqual({
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: { AWS: ['*'] },
      Action: ['*'],
      Resource: ['${aws_efs_file_system.files_file-system.arn}'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  test('allows no access by its own policy, so that only identities with an IAM policy may mount', () => {
    const statements = statementsOf(fileSystem(), 'files_policy', 'aws_efs_file_system_policy');
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.filter(({ Effect }) => Effect !== 'Deny')).toEqual([]);
  });

  test('has one mount target a subnet, in the security group of file systems', () => {
    const targets = resourcesOf(fileSystem(), 'aws_efs_mount_target');
    expect(targets.map(({ subnet_id, security_groups }) => [subnet_id, security_groups])).toEqual([
      ['subnet-a', ['sg-files']],
      ['subnet-b', ['sg-files']],
    ]);
  });

  test('creates the directory of each access point, owned by its user', () => {
    expect(theOnly(fileSystem(), 'aws_efs_access_point')).toMatchObject({
      posix_user: { uid: 1000, gid: 1001 },
      root_directory: { path: '/uploads', creation_info: { owner_uid: 1000, owner_gid: 1001, permissions: '750' } },
    });
  });

  test('moves cold files out and warm ones back', () => {
    expect(theOnly(fileSystem(), 'aws_efs_file_system').lifecycle_policy).toEqual([
      { transition_to_ia: 'AFTER_30_DAYS' },
      { transition_to_primary_storage_class: 'AFTER_1_ACCESS' },
    ]);
    expect(theOnly(fileSystem({ coldAfterDays: 1, warmOnRead: false }), 'aws_efs_file_system').lifecycle_policy).toEqual([
      { transition_to_ia: 'AFTER_1_DAY' },
    ]);
  });

  test('is copied by AWS daily when asked for, and only then', () => {
    expect(theOnly(fileSystem({ automaticBackup: true }), 'aws_efs_backup_policy').backup_policy).toEqual({ status: 'ENABLED' });
    expect(resourcesOf(fileSystem(), 'aws_efs_backup_policy')).toEqual([]);
  });

  test('cannot be destroyed under protect, and can without', () => {
    expect(theOnly(fileSystem({ protect: true }), 'aws_efs_file_system').lifecycle).toEqual({ prevent_destroy: true });
    expect(theOnly(fileSystem(), 'aws_efs_file_system').lifecycle).toBeUndefined();
  });
});
