/** Plans that open something to everyone, or to another account. */
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

const rule = (source: object): object => ({
  security_group_id: 'sg-1',
  ip_protocol: 'tcp',
  from_port: 5432,
  to_port: 5432,
  ...source,
});
const rules = (...sources: readonly string[]): readonly Entry[] =>
  sources.map((cidr, index) =>
    entry(
      `aws_vpc_security_group_ingress_rule.r${index}`,
      null,
      rule(cidr.includes(':') ? { cidr_ipv6: cidr } : { cidr_ipv4: cidr }),
    ),
  );
const EIGHTHS = Array.from({ length: 32 }, (_, index) => `${index * 8}.0.0.0/8`);
const list = (...cidrs: readonly string[]): object => ({ address_family: 'IPv4', entry: cidrs.map((cidr) => ({ cidr })) });
const CLOUDFRONT = {
  address: 'data.aws_ec2_managed_prefix_list.x',
  mode: 'data',
  type: 'aws_ec2_managed_prefix_list',
  values: { id: 'pl-1', entries: [{ cidr: '120.52.22.96/27' }] },
};

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

export const OPENS_NETWORKS: readonly HostileCase[] = [
  several('the internet in halves', rules('0.0.0.0/1', '128.0.0.0/1'), rules('10.0.0.0/8', '172.16.0.0/12')),
  several(
    'the internet in networks of 16 million addresses',
    rules(...EIGHTHS),
    rules('10.0.0.0/8', '203.0.113.0/24', '198.51.100.0/24'),
  ),
  several(
    'the internet of IPv6 in parts',
    rules('2000::/16', '2400::/16', '2600::/16'),
    rules('2001:db8::/32', '2600:1f00::/24'),
  ),
  several(
    'a second network joins one that is there',
    [
      entry('aws_vpc_security_group_ingress_rule.old', rule({ cidr_ipv4: '52.0.0.0/8' }), rule({ cidr_ipv4: '52.0.0.0/8' })),
      ...rules('54.0.0.0/8'),
    ],
    [
      entry('aws_vpc_security_group_ingress_rule.old', rule({ cidr_ipv4: '52.0.0.0/8' }), rule({ cidr_ipv4: '52.0.0.0/8' })),
      ...rules('10.0.0.0/8'),
    ],
  ),
  single(
    'the whole internet within one group',
    'aws_security_group.x',
    { ingress: [] },
    { ingress: [{ protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: EIGHTHS }] },
    { ingress: [{ protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: ['10.0.0.0/8'] }] },
  ),
  several(
    'a prefix list whose networks are not shown',
    [entry('aws_vpc_security_group_ingress_rule.r', null, rule({ prefix_list_id: 'pl-unknown' }))],
    { changes: [entry('aws_vpc_security_group_ingress_rule.r', null, rule({ prefix_list_id: 'pl-1' }))], data: [CLOUDFRONT] },
  ),
  several(
    'a rule by a prefix list of the internet',
    [
      entry('aws_ec2_managed_prefix_list.l', { id: 'pl-9', ...list('0.0.0.0/0') }, { id: 'pl-9', ...list('0.0.0.0/0') }),
      entry('aws_vpc_security_group_ingress_rule.r', null, rule({ prefix_list_id: 'pl-9' })),
    ],
    [
      entry('aws_ec2_managed_prefix_list.l', { id: 'pl-9', ...list('10.0.0.0/8') }, { id: 'pl-9', ...list('10.0.0.0/8') }),
      entry('aws_vpc_security_group_ingress_rule.r', null, rule({ prefix_list_id: 'pl-9' })),
    ],
  ),
  single(
    'a prefix list becomes the internet',
    'aws_ec2_managed_prefix_list.l',
    list('10.0.0.0/8'),
    list('0.0.0.0/0'),
    list('10.0.0.0/8', '203.0.113.0/24'),
  ),
  single(
    'an entry of a prefix list is the internet',
    'aws_ec2_managed_prefix_list_entry.e',
    null,
    { prefix_list_id: 'pl-9', cidr: '0.0.0.0/0' },
    { prefix_list_id: 'pl-9', cidr: '203.0.113.0/24' },
  ),
  single(
    'a cluster answers the internet in halves',
    'aws_eks_cluster.main',
    { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['203.0.113.0/24'] }] },
    { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['0.0.0.0/1', '128.0.0.0/1'] }] },
    {
      vpc_config: [{ endpoint_public_access: true, public_access_cidrs: [], endpoint_private_access: true }].map((config) => ({
        ...config,
        endpoint_public_access: false,
      })),
    },
  ),
  single(
    'a list of the firewall is the internet',
    'aws_wafv2_ip_set.admins',
    { addresses: ['203.0.113.0/24'] },
    { addresses: ['0.0.0.0/1', '128.0.0.0/1'] },
    { addresses: ['203.0.113.0/24', '198.51.100.0/24'] },
  ),
  single(
    'a network list allows the internet',
    'aws_network_acl_rule.in',
    null,
    { egress: false, rule_action: 'allow', protocol: '6', from_port: 22, to_port: 22, cidr_block: '0.0.0.0/0' },
    { egress: false, rule_action: 'deny', protocol: '6', from_port: 22, to_port: 22, cidr_block: '0.0.0.0/0' },
  ),
  single(
    'a network list no longer refuses',
    'aws_network_acl_rule.in',
    { egress: false, rule_action: 'deny', cidr_block: '203.0.113.0/24' },
    null,
    {},
  ),
  single(
    'an isolated table gets a route to the internet',
    'aws_route.open',
    null,
    { route_table_id: 'rtb-isolated', gateway_id: 'igw-1', destination_cidr_block: '0.0.0.0/0' },
    { route_table_id: 'rtb-isolated', nat_gateway_id: 'nat-1', destination_cidr_block: '0.0.0.0/0' },
  ),
  single(
    'a table gets a route to the internet',
    'aws_route_table.isolated',
    { route: [] },
    { route: [{ gateway_id: 'igw-1', cidr_block: '0.0.0.0/0' }] },
    { route: [{ nat_gateway_id: 'nat-1', cidr_block: '0.0.0.0/0' }] },
  ),
  several(
    "a load balancer of the internet with a database's group",
    {
      changes: [entry('aws_lb.new', null, { internal: false })],
      configured: [
        {
          address: 'aws_lb.new',
          type: 'aws_lb',
          expressions: {
            security_groups: { references: ['data.terraform_remote_state.network.outputs.database_security_group_id'] },
          },
        },
      ],
    },
    {
      changes: [entry('aws_lb.new', null, { internal: false })],
      configured: [
        {
          address: 'aws_lb.new',
          type: 'aws_lb',
          expressions: { security_groups: { references: ['aws_security_group.lb.id', 'aws_security_group.lb'] } },
        },
      ],
    },
  ),
  single(
    'a service of the cluster for the internet',
    'kubernetes_service_v1.db',
    { spec: [{ type: 'ClusterIP' }] },
    { spec: [{ type: 'LoadBalancer', load_balancer_source_ranges: ['0.0.0.0/0'] }] },
    { spec: [{ type: 'LoadBalancer', load_balancer_source_ranges: ['10.0.0.0/8'] }] },
  ),
];

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
