/** The state store and GitHub's identity provider: what they keep, and what they refuse. */
import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { Testing } from 'cdktf';
import { githubProviderArn } from '../../../src/modules/bootstrap/github-trust';
import { LockTable, StateBucket, StateKey } from '../../../src/modules/bootstrap/state-store';
import { storeArns } from '../../../src/modules/bootstrap/store-arns';
import { synthModule, theOnly } from '../../support/synth';

const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const arns = storeArns({
  storeName: 'shop',
  account: '123456789012',
  region: 'eu-west-1',
  bucket: 'shop-terraform-state',
  lockTable: 'terraform-locks',
});

const statements = (policy: string) => (JSON.parse(policy) as { Statement: readonly any[] }).Statement;

describe('the state bucket', () => {
  const module = synthModule((stack) => {
    new StateBucket(stack, 'states', { name: 'shop-terraform-state', keyArn, oldVersionsDays: 90 });
  });

  it('is never destroyed, nor emptied', () => {
    expect(theOnly(module, 'aws_s3_bucket')).toMatchObject({
      bucket: 'shop-terraform-state',
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it('keeps overwritten states for the given days and deletes aborted uploads', () => {
    expect(theOnly(module, 'aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
    expect(theOnly(module, 'aws_s3_bucket_lifecycle_configuration').rule).toEqual([
      {
        id: 'old-versions',
        status: 'Enabled',
        filter: [{}],
        noncurrent_version_expiration: [{ noncurrent_days: 90 }],
        expiration: [{ expired_object_delete_marker: true }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
    ]);
  });

  it("encrypts with the store's key and blocks customer-provided keys", () => {
    expect(theOnly(module, 'aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
      {
        apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: keyArn },
        bucket_key_enabled: true,
        blocked_encryption_types: ['SSE-C'],
      },
    ]);
  });

  it('is closed to the public and to access lists', () => {
    const synthesised = Testing.synthScope((scope) => {
      new StateBucket(scope, 'states', { name: 'shop-terraform-state', keyArn, oldVersionsDays: 90 });
    });
    expect(synthesised).toHaveResourceWithProperties(S3BucketPublicAccessBlock, {
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    const block = 'aws_s3_bucket_public_access_block.states_public-access';
    expect(theOnly(module, 'aws_s3_bucket_ownership_controls')).toMatchObject({
      rule: { object_ownership: 'BucketOwnerEnforced' },
      depends_on: [block],
    });
    expect(theOnly(module, 'aws_s3_bucket_policy').depends_on).toEqual([
      block,
      'aws_s3_bucket_ownership_controls.states_ownership',
    ]);
  });

  it('refuses plain HTTP and TLS older than 1.2', () => {
    const [http, tls] = statements(theOnly(module, 'aws_s3_bucket_policy').policy as string);
    expect(http).toMatchObject({
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    expect(http?.Resource).toEqual(['arn:aws:s3:::shop-terraform-state', 'arn:aws:s3:::shop-terraform-state/*']);
    expect(tls).toMatchObject({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } });
    expect(tls?.Resource).toEqual(http?.Resource);
  });
});

describe('the lock table', () => {
  it('has the key that Terraform asks for, is encrypted, restorable and protected from deletion', () => {
    const synthesised = Testing.synthScope((scope) => {
      new LockTable(scope, 'locks', { name: 'terraform-locks', keyArn });
    });
    expect(synthesised).toHaveResourceWithProperties(DynamodbTable, {
      name: 'terraform-locks',
      hash_key: 'LockID',
      attribute: [{ name: 'LockID', type: 'S' }],
      billing_mode: 'PAY_PER_REQUEST',
      deletion_protection_enabled: true,
      point_in_time_recovery: { enabled: true },
      server_side_encryption: { enabled: true, kms_key_arn: keyArn },
      lifecycle: { prevent_destroy: true },
    });
  });
});

describe('the state key', () => {
  const module = synthModule((stack) => {
    new StateKey(stack, 'state', { alias: 'alias/shop-terraform-state', accountRoot: arns.accountRoot });
  });

  it('is rotated, kept, and known by the alias that backends name', () => {
    expect(theOnly(module, 'aws_kms_key')).toMatchObject({
      enable_key_rotation: true,
      deletion_window_in_days: 30,
      lifecycle: { prevent_destroy: true },
    });
    expect(theOnly(module, 'aws_kms_alias').name).toBe('alias/shop-terraform-state');
  });

  it('is administered by its own account only', () => {
    expect(statements(theOnly(module, 'aws_kms_key').policy as string)).toEqual([
      {
        Sid: 'AccountAdministers',
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::123456789012:root'] },
        Action: ['kms:*'],
        Resource: ['*'],
      },
    ]);
  });
});

describe("GitHub's identity provider", () => {
  it('is created for the audience of AWS and cannot be destroyed, because other stores may use it', () => {
    const module = synthModule((stack) => stack.addOutput('arn', 'arn', githubProviderArn(stack, 'github', 'create')));
    expect(theOnly(module, 'aws_iam_openid_connect_provider')).toMatchObject({
      url: 'https://token.actions.githubusercontent.com',
      client_id_list: ['sts.amazonaws.com'],
      lifecycle: { prevent_destroy: true },
    });
  });

  it('is only looked up where the account has one', () => {
    const module = synthModule((stack) => stack.addOutput('arn', 'arn', githubProviderArn(stack, 'github', 'existing')));
    expect(module.resource).toBeUndefined();
    expect(module.data?.aws_iam_openid_connect_provider?.github?.url).toBe('https://token.actions.githubusercontent.com');
  });
});
