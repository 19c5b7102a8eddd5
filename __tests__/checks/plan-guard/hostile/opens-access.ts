/** Plans that admit everyone, or another account. */
import { entry, OWN, policy, several, single, STRANGER, type Entry, type HostileCase } from './hostile-case';

const BLOCK = {
  bucket: 'shop',
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};
const BUCKET = entry('aws_s3_bucket.shop', { id: 'shop', bucket: 'shop' }, { id: 'shop', bucket: 'shop' });
const block = (after: object | null, more: Partial<Entry> = {}): readonly Entry[] => [
  BUCKET,
  entry('aws_s3_bucket_public_access_block.shop', BLOCK, after, more),
];

const everyone = (condition: object): object => ({
  policy: policy({ Principal: '*', Action: 's3:GetObject', Condition: condition }),
});
const narrowed = (name: string, hostile: object, harmless: object): HostileCase =>
  single(
    `everyone, narrowed only by ${name}`,
    'aws_s3_bucket_policy.shop',
    null,
    { bucket: 'shop', ...everyone(hostile) },
    { bucket: 'shop', ...everyone(harmless) },
  );

const admits = (account: string): object => ({
  policy: policy({ Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: '*' }),
});
const stranger = (name: string, address: string, content: (account: string) => object): HostileCase =>
  single(`another account ${name}`, address, null, content(STRANGER), content(OWN));

const GITHUB = `arn:aws:iam::${OWN}:oidc-provider/token.actions.githubusercontent.com`;
const github = (operator: string, subject: string): object => ({
  name: 'deploy',
  assume_role_policy: policy({
    Principal: { Federated: GITHUB },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Resource: undefined,
    Condition: { [operator]: { 'token.actions.githubusercontent.com:sub': subject } },
  }),
});

export const OPENS_BUCKETS: readonly HostileCase[] = [
  several('a public access block is left to itself', block(null, { actions: ['forget'] }), block(BLOCK)),
  several(
    'a public access block is replaced by one of another bucket',
    block({ ...BLOCK, bucket: 'other' }, { actions: ['delete', 'create'] }),
    block(BLOCK, { actions: ['delete', 'create'] }),
  ),
  several('a public access block is for another bucket', block({ ...BLOCK, bucket: 'other' }), block(BLOCK)),
  several('a public access block loses a flag', block({ ...BLOCK, block_public_policy: false }), block(BLOCK)),
  several('a public access block is deleted', block(null), [
    ...block(null),
    entry('aws_s3_bucket_public_access_block.renamed', null, BLOCK),
  ]),
  several(
    'a public access block is left to itself, while another setting of the bucket is deleted',
    [...block(null, { actions: ['forget'] }), entry('aws_s3_bucket_versioning.shop', { bucket: 'shop', id: 'shop' }, null)],
    [
      entry('aws_s3_bucket_public_access_block.shop', BLOCK, null),
      entry('aws_s3_bucket_versioning.shop', { bucket: 'shop', id: 'shop' }, null),
      entry('aws_s3_bucket.other', null, { bucket: 'other' }),
      entry('aws_s3_bucket_public_access_block.moved', null, BLOCK),
      entry('aws_s3_bucket_versioning.moved', null, { bucket: 'shop', versioning_configuration: [{ status: 'Enabled' }] }),
    ],
  ),
  several(
    'a public access block is renamed and loses a flag',
    [...block(null), entry('aws_s3_bucket_public_access_block.renamed', null, { ...BLOCK, block_public_acls: false })],
    [...block(null), entry('aws_s3_bucket_public_access_block.renamed', null, BLOCK)],
  ),
  single(
    'a list of a bucket grants everyone',
    'aws_s3_bucket_acl.shop',
    null,
    {
      access_control_policy: [
        { grant: [{ grantee: [{ type: 'Group', uri: 'http://acs.amazonaws.com/groups/global/AllUsers' }], permission: 'READ' }] },
      ],
    },
    {
      access_control_policy: [
        { grant: [{ grantee: [{ type: 'Group', uri: 'http://acs.amazonaws.com/groups/s3/LogDelivery' }], permission: 'WRITE' }] },
      ],
    },
  ),
  narrowed(
    'any role of any account',
    { StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' } },
    { StringLike: { 'aws:PrincipalArn': `arn:aws:iam::${OWN}:role/*` } },
  ),
  narrowed(
    'any resource',
    { ArnLike: { 'aws:SourceArn': 'arn:aws:*:*:*:*' } },
    { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:${OWN}:*` } },
  ),
  narrowed('any user', { StringLike: { 'aws:userid': 'A*' } }, { StringLike: { 'aws:userid': 'AROAEXAMPLEEXAMPLE:*' } }),
  narrowed(
    'any organization',
    { StringLike: { 'aws:PrincipalOrgID': 'o-?*' } },
    { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3' } },
  ),
  narrowed('any caller', { StringLike: { 'kms:CallerAccount': '?*' } }, { StringEquals: { 'kms:CallerAccount': OWN } }),
  narrowed(
    'the type of a function URL',
    { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
    { StringEquals: { 'aws:SourceAccount': OWN } },
  ),
  narrowed('a truth value', { Bool: { 'aws:SourceVpc': 'true' } }, { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }),
  narrowed(
    'an account that is not its own',
    { StringEquals: { 'aws:PrincipalAccount': STRANGER } },
    { StringEquals: { 'aws:PrincipalAccount': OWN } },
  ),
];

export const OPENS_ACCOUNTS: readonly HostileCase[] = [
  stranger('in the policy of a bucket', 'aws_s3_bucket_policy.shop', admits),
  stranger('in the policy of a key', 'aws_kms_key.shop', admits),
  stranger('in the policy of a vault', 'aws_backup_vault_policy.shop', admits),
  stranger('in the policy of a queue', 'aws_sqs_queue_policy.shop', admits),
  stranger('in the policy of a topic', 'aws_sns_topic_policy.shop', admits),
  stranger('in the policy of a secret', 'aws_secretsmanager_secret_policy.shop', admits),
  stranger('in the trust of a role', 'aws_iam_role.shop', (account) => ({
    assume_role_policy: policy({ Principal: { AWS: account }, Action: 'sts:AssumeRole' }),
  })),
  stranger('may use a key by a grant', 'aws_kms_grant.shop', (account) => ({
    grantee_principal: `arn:aws:iam::${account}:role/x`,
  })),
  stranger('may enter a cluster', 'aws_eks_access_entry.shop', (account) => ({
    principal_arn: `arn:aws:iam::${account}:role/x`,
  })),
  stranger('may restore a snapshot', 'aws_db_snapshot.shop', (account) => ({ shared_accounts: [account] })),
  stranger('may launch an image', 'aws_ami_launch_permission.shop', (account) => ({ account_id: account })),
  stranger('may restore a volume', 'aws_snapshot_create_volume_permission.shop', (account) => ({ account_id: account })),
  stranger('receives copies of objects', 'aws_s3_bucket_replication_configuration.shop', (account) => ({
    rule: [{ id: 'all', status: 'Enabled', destination: [{ bucket: 'arn:aws:s3:::copy', account }] }],
  })),
  stranger('receives logs', 'aws_cloudwatch_log_subscription_filter.shop', (account) => ({
    destination_arn: `arn:aws:logs:eu-west-1:${account}:destination:x`,
  })),
  stranger('may call a function', 'aws_lambda_permission.shop', (account) => ({ principal: account })),
  single(
    'any repository of GitHub',
    'aws_iam_role.deploy',
    null,
    github('StringLike', 'repo:*'),
    github('StringEquals', 'repo:acme/infra:environment:prod'),
  ),
  single(
    'any repository of an owner',
    'aws_iam_role.deploy',
    null,
    github('StringLike', 'repo:acme/*'),
    github('StringLike', 'repo:acme@1/infra@2:environment:*'),
  ),
  single(
    'another issuer of tokens',
    'aws_iam_openid_connect_provider.x',
    null,
    { url: 'https://tokens.example.com' },
    { url: 'https://token.actions.githubusercontent.com' },
  ),
];
