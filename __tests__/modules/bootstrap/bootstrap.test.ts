/** The state store and GitHub's roles: what they keep, and what they refuse. */
import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { Testing } from 'cdktf';
import { ApplyRole } from '../../../src/modules/bootstrap/apply-role';
import { boundaryStatements } from '../../../src/modules/bootstrap/boundary';
import { githubProviderArn } from '../../../src/modules/bootstrap/github-trust';
import { PlanRole, readStatesAndLock } from '../../../src/modules/bootstrap/plan-role';
import { LockTable, StateBucket, StateKey } from '../../../src/modules/bootstrap/state-store';
import { storeArns } from '../../../src/modules/bootstrap/store-arns';
import { policyJson, type Statement } from '../../../src/modules/iam/policy';
import { synthModule, theOnly } from '../../support/synth';

const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const providerArn = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
const arns = storeArns({
  storeName: 'shop',
  account: '123456789012',
  region: 'eu-west-1',
  bucket: 'shop-terraform-state',
  lockTable: 'terraform-locks',
  keyAlias: 'alias/shop-terraform-state',
});

interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}
const statements = (policy: string) => (JSON.parse(policy) as { Statement: readonly PolicyStatement[] }).Statement;

/** Whether an IAM pattern such as `iam:Put*` covers a text. */
const covers = (pattern: string, text: string) =>
  new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(text);

/** Whether a request meets the only condition that refusals here have: that it is not made for one of these. */
const meets = (condition: PolicyStatement['Condition'], context: Readonly<Record<string, string>>) =>
  condition === undefined ||
  Object.entries(condition.StringNotLike ?? { 'not understood here': '*' }).every(
    ([key, pattern]) => !covers(pattern as string, context[key] ?? '-'),
  );

/** Whether the statements refuse the action on the resource, whatever else they allow. */
function denies(
  all: readonly PolicyStatement[],
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
): boolean {
  return all.some(
    ({ Effect, Action, Resource, NotResource, Condition }) =>
      Effect === 'Deny' &&
      meets(Condition, context) &&
      Action.some((pattern) => covers(pattern, action)) &&
      (Resource === undefined
        ? !NotResource?.some((pattern) => covers(pattern, resource))
        : Resource.some((pattern) => covers(pattern, resource))),
  );
}

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

describe('the plan role', () => {
  const module = synthModule((stack) => {
    new PlanRole(stack, 'plan', {
      name: arns.planRoleName,
      providerArn,
      repository: 'shop-inc/infrastructure',
      environments: [],
      state: { arns, keyArn, lock: 'both' },
      arns,
    });
  });
  const policy = statements(theOnly(module, 'aws_iam_role_policy').policy as string);

  it('trusts pull requests of the one repository, with audience and subject bound exactly', () => {
    expect(statements(theOnly(module, 'aws_iam_role').assume_role_policy as string)).toEqual([
      {
        Effect: 'Allow',
        Principal: { Federated: [providerArn] },
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': ['repo:shop-inc/infrastructure:pull_request'],
          },
        },
      },
    ]);
  });

  it('trusts jobs in the environments that are named, and in no others', () => {
    const named = synthModule((stack) => {
      new PlanRole(stack, 'plan', {
        name: arns.planRoleName,
        providerArn,
        repository: 'shop-inc/infrastructure',
        environments: ['plan'],
        state: { arns, keyArn, lock: 'both' },
        arns,
      });
    });
    const [trust] = statements(theOnly(named, 'aws_iam_role').assume_role_policy as string);
    expect(trust).toMatchObject({
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:sub': [
            'repo:shop-inc/infrastructure:pull_request',
            'repo:shop-inc/infrastructure:environment:plan',
          ],
        },
      },
    });
  });

  it('reads states, decrypts them and writes locks', () => {
    const allowed = policy.filter(({ Effect }) => Effect === 'Allow').map(({ Sid }) => Sid);
    expect(allowed).toEqual([
      'FindStates',
      'ReadStates',
      'DecryptStates',
      'LockInTable',
      'LockInBucket',
      'DrawRandomPasswords',
      'ReadSeeds',
      'DecryptSeeds',
    ]);
    expect(denies(policy, 's3:GetObject', 'arn:aws:s3:::shop-terraform-state/prod/data/terraform.tfstate')).toBe(false);
    expect(denies(policy, 'dynamodb:GetItem', arns.lockTable)).toBe(false);
    expect(denies(policy, 'kms:Decrypt', keyArn)).toBe(false);
  });

  it('reads back the first password of a database, which a plan has to, and with it no other', () => {
    const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:/shop/prod/database/${name}-Ab12Cd`;
    const environmentKey = 'arn:aws:kms:eu-west-1:123456789012:key/of-the-environment';
    const forSecret = (name: string) => ({ 'kms:EncryptionContext:SecretARN': secret(name) });
    expect(denies(policy, 'secretsmanager:GetSecretValue', secret('master-seed'))).toBe(false);
    expect(denies(policy, 'secretsmanager:GetSecretValue', secret('master'))).toBe(true);
    expect(denies(policy, 'kms:Decrypt', environmentKey, forSecret('master-seed'))).toBe(false);
    expect(denies(policy, 'kms:Decrypt', environmentKey, forSecret('master'))).toBe(true);
  });

  it('writes no state: the only objects it may put are lock files', () => {
    const puts = policy.filter(
      ({ Effect, Action }) => Effect === 'Allow' && Action.some((action) => covers(action, 's3:PutObject')),
    );
    expect(puts.map(({ Resource }) => Resource)).toEqual([['arn:aws:s3:::shop-terraform-state/*.tflock']]);
  });

  it.each([
    ['a secret', 'secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:/shop/test/jwt'],
    ['secrets in bulk', 'secretsmanager:BatchGetSecretValue', '*'],
    ['an object of any other bucket', 's3:GetObject', 'arn:aws:s3:::shop-test-uploads/passport.jpg'],
    ['an item of any other table', 'dynamodb:GetItem', 'arn:aws:dynamodb:eu-west-1:123456789012:table/customers'],
    ['anything encrypted with another key', 'kms:Decrypt', 'arn:aws:kms:eu-west-1:123456789012:key/other'],
    ['a log line', 'logs:FilterLogEvents', '*'],
    ['a queued message', 'sqs:ReceiveMessage', '*'],
  ])('cannot read %s', (_, action, resource) => {
    expect(denies(policy, action, resource)).toBe(true);
  });

  it('locks only where the store locks', () => {
    const sids = (lock: 'dynamodb' | 's3') => readStatesAndLock({ arns, keyArn, lock }).map(({ sid }: Statement) => sid);
    expect(sids('dynamodb')).not.toContain('LockInBucket');
    expect(sids('s3')).not.toContain('LockInTable');
  });
});

describe('the apply role', () => {
  const module = synthModule((stack) => {
    new ApplyRole(stack, 'apply', {
      arns,
      keyArn,
      providerArn,
      repository: 'shop-inc/infrastructure',
      environments: ['staging', 'production'],
    });
  });
  const boundary = statements(theOnly(module, 'aws_iam_policy').policy as string);

  it('trusts only jobs that run in a named GitHub environment', () => {
    const [trust] = statements(theOnly(module, 'aws_iam_role').assume_role_policy as string);
    expect(trust?.Condition?.StringEquals).toEqual({
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': [
        'repo:shop-inc/infrastructure:environment:staging',
        'repo:shop-inc/infrastructure:environment:production',
      ],
    });
  });

  it('is limited by the boundary', () => {
    expect(theOnly(module, 'aws_iam_role').permissions_boundary).toBe('${aws_iam_policy.apply_boundary.arn}');
  });

  it.each([
    ['widen its own boundary', 'iam:CreatePolicyVersion', arns.boundary],
    ['remove its boundary', 'iam:DeleteRolePermissionsBoundary', arns.applyRole],
    ['change who may assume it', 'iam:UpdateAssumeRolePolicy', arns.applyRole],
    ['give the plan role more', 'iam:PutRolePolicy', arns.planRole],
    ['trust another repository', 'iam:UpdateOpenIDConnectProviderThumbprint', arns.githubProvider],
    ['create a user', 'iam:CreateUser', 'arn:aws:iam::123456789012:user/eve'],
    ['create an access key', 'iam:CreateAccessKey', 'arn:aws:iam::123456789012:user/eve'],
    ['leave the organisation', 'organizations:LeaveOrganization', '*'],
    ['delete the state bucket', 's3:DeleteBucket', arns.bucket],
    ['open the state bucket', 's3:PutBucketPolicy', arns.bucket],
    ['erase the history of a state', 's3:DeleteObjectVersion', 'arn:aws:s3:::shop-terraform-state/prod/data/terraform.tfstate'],
    ["write bootstrap's state", 's3:PutObject', 'arn:aws:s3:::shop-terraform-state/bootstrap/terraform.tfstate'],
    ['delete the lock table', 'dynamodb:DeleteTable', arns.lockTable],
    ['delete the state key', 'kms:ScheduleKeyDeletion', keyArn],
    ['point the alias elsewhere', 'kms:UpdateAlias', arns.keyAlias],
    ['silence the audit trail', 'cloudtrail:StopLogging', '*'],
  ])('cannot %s', (_, action, resource) => {
    expect(denies(boundary, action, resource)).toBe(true);
  });

  it('cannot create an administrator with AWS-managed policies', () => {
    const rule = boundary.find(({ Sid }) => Sid === 'NoAdministrators');
    expect(rule).toMatchObject({ Effect: 'Deny', Action: ['iam:AttachRolePolicy'] });
    expect(rule?.Condition?.ArnEquals?.['iam:PolicyARN']).toContain('arn:aws:iam::aws:policy/AdministratorAccess');
  });

  it.each([
    ['write the state of an environment', 's3:PutObject', 'arn:aws:s3:::shop-terraform-state/prod/data/terraform.tfstate'],
    ['lock', 'dynamodb:PutItem', arns.lockTable],
    ['decrypt states', 'kms:Decrypt', keyArn],
    ['create a role for tasks', 'iam:CreateRole', 'arn:aws:iam::123456789012:role/shop-prod-api-task'],
    ['delete a bucket of an environment', 's3:DeleteBucket', 'arn:aws:s3:::shop-prod-uploads'],
  ])('can %s', (_, action, resource) => {
    expect(denies(boundary, action, resource)).toBe(false);
  });

  it('keeps its boundary within the size that IAM takes, even with the longest names', () => {
    const longest = storeArns({
      storeName: 's'.repeat(30),
      account: '123456789012',
      region: 'ap-southeast-1',
      bucket: 'b'.repeat(63),
      lockTable: 't'.repeat(255),
      keyAlias: `alias/${'s'.repeat(30)}-terraform-state`,
    });
    const MANAGED_POLICY_CHARACTERS = 6144;
    expect(policyJson(boundaryStatements(longest, keyArn)).length).toBeLessThan(MANAGED_POLICY_CHARACTERS);
  });
});

describe('names of a store', () => {
  it('fit IAM', () => {
    expect(arns).toMatchObject({ planRoleName: 'shop-terraform-plan', applyRoleName: 'shop-terraform-apply' });
    expect(arns.applyRole).toBe('arn:aws:iam::123456789012:role/shop-terraform-apply');
  });
});
