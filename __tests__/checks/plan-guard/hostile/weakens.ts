/** Plans that take protection away without deleting what they protect. */
import { entry, policy, several, single, type HostileCase } from './hostile-case';

const DATABASE = {
  identifier: 'shop',
  deletion_protection: true,
  skip_final_snapshot: false,
  delete_automated_backups: false,
  backup_retention_period: 14,
  multi_az: true,
  storage_encrypted: true,
  replicate_source_db: 'shop-primary',
  vpc_security_group_ids: ['sg-database'],
  final_snapshot_identifier: 'shop-final',
};
const database = (name: string, hostile: object, harmless: object): HostileCase =>
  single(name, 'aws_db_instance.primary', DATABASE, hostile, harmless);

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

const images = (countNumber: number): object => ({
  repository: 'shop/backend',
  policy: JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber },
        action: { type: 'expire' },
      },
    ],
  }),
});

export const WEAKENS_DATA: readonly HostileCase[] = [
  database('deletion protection of a database is turned off', { deletion_protection: false }, { apply_immediately: true }),
  database('a database would leave no final snapshot', { skip_final_snapshot: true }, { copy_tags_to_snapshot: true }),
  database(
    'deleting a database would delete its automated backups',
    { delete_automated_backups: true },
    { max_allocated_storage: 80 },
  ),
  database('automated backups are dropped at once', { backup_retention_period: 0 }, { backup_retention_period: 30 }),
  database('automated backups are kept for a shorter time', { backup_retention_period: 3 }, { backup_window: '01:00-02:00' }),
  database('the standby is removed', { multi_az: false }, { instance_class: 'db.m7g.large' }),
  database('a replica is promoted', { replicate_source_db: null }, { allocated_storage: 40 }),
  database(
    'another security group admits callers to a database',
    { vpc_security_group_ids: ['sg-database', 'sg-public'] },
    { vpc_security_group_ids: [] },
  ),
  database('the only security group of a database is another one', { vpc_security_group_ids: ['sg-public'] }, { iops: 4000 }),
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
    'deleting a bucket would empty it',
    'aws_s3_bucket.uploads',
    { bucket: 'b', force_destroy: false },
    { force_destroy: true },
    { tags: {} },
  ),
  single(
    'deleting a repository would empty it',
    'aws_ecr_repository.backend',
    { force_delete: false },
    { force_delete: true },
    { tags: {} },
  ),
  single(
    'deleting a zone would empty it',
    'aws_route53_zone.shop',
    { force_destroy: false },
    { force_destroy: true },
    { comment: 'x' },
  ),
  single(
    'a secret could be deleted at once',
    'aws_secretsmanager_secret.jwt',
    { recovery_window_in_days: 30 },
    { recovery_window_in_days: 0 },
    { description: 'x' },
  ),
  single('images are kept by one', 'aws_ecr_lifecycle_policy.backend', images(30), images(1), images(90)),
  several(
    'a repository that kept every image gets an expiry',
    [
      entry('aws_ecr_repository.backend', { name: 'shop/backend' }, { name: 'shop/backend' }),
      entry('aws_ecr_lifecycle_policy.backend', null, images(1)),
    ],
    [
      entry('aws_ecr_repository.backend', null, { name: 'shop/backend' }),
      entry('aws_ecr_lifecycle_policy.backend', null, images(1)),
    ],
  ),
  single(
    'encryption falls back to a key that no policy guards',
    'aws_s3_bucket_server_side_encryption_configuration.uploads',
    {
      bucket: 'b',
      rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: 'aws:kms', kms_master_key_id: 'arn:key/1' }] }],
    },
    { rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: 'AES256' }] }] },
    { rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: 'aws:kms:dsse', kms_master_key_id: 'arn:key/1' }] }] },
  ),
  single(
    'a queue is no longer encrypted',
    'aws_sqs_queue.jobs',
    { kms_master_key_id: 'arn:key/1' },
    { kms_master_key_id: '' },
    { visibility_timeout_seconds: 60 },
  ),
  single(
    'messages are kept for a shorter time',
    'aws_sqs_queue.jobs',
    { message_retention_seconds: 1209600 },
    { message_retention_seconds: 60 },
    { delay_seconds: 1 },
  ),
  single(
    'snapshots of a cache are no longer made',
    'aws_elasticache_replication_group.redis',
    { snapshot_retention_limit: 7 },
    { snapshot_retention_limit: 0 },
    { snapshot_retention_limit: 14 },
  ),
  single(
    'another security group admits callers to a cache',
    'aws_elasticache_replication_group.redis',
    { security_group_ids: ['sg-1'] },
    { security_group_ids: ['sg-1', 'sg-2'] },
    { node_type: 'cache.m7g.large' },
  ),
  single(
    'TLS of a cache is turned off',
    'aws_elasticache_replication_group.redis',
    { transit_encryption_enabled: true },
    { transit_encryption_enabled: false },
    { num_cache_clusters: 3 },
  ),
  single(
    'the lock table loses its protection',
    'aws_dynamodb_table.locks',
    { deletion_protection_enabled: true },
    { deletion_protection_enabled: false },
    { billing_mode: 'PROVISIONED' },
  ),
  single(
    'locks expire',
    'aws_dynamodb_table.locks',
    { ttl: [{ enabled: false }] },
    { ttl: [{ enabled: true, attribute_name: 'Info' }] },
    { read_capacity: 5 },
  ),
  single(
    'the history of the lock table is deleted',
    'aws_dynamodb_table.locks',
    { point_in_time_recovery: [{ enabled: true }] },
    { point_in_time_recovery: [{ enabled: false }] },
    { write_capacity: 5 },
  ),
  single(
    'files are no longer backed up',
    'aws_efs_backup_policy.uploads',
    { file_system_id: 'fs-1', backup_policy: [{ status: 'ENABLED' }] },
    { backup_policy: [{ status: 'DISABLED' }] },
    {},
  ),
  several(
    'the policy of backups is removed',
    [
      entry('aws_efs_file_system.uploads', { id: 'fs-1' }, { id: 'fs-1' }),
      entry('aws_efs_backup_policy.uploads', { file_system_id: 'fs-1' }, null),
    ],
    [entry('aws_efs_file_system.uploads', { id: 'fs-1' }, { id: 'fs-1' })],
  ),
  single(
    'backups are kept for a day',
    'aws_backup_plan.daily',
    { rule: [{ rule_name: 'daily', schedule: 'cron(0 1 * * ? *)', lifecycle: [{ delete_after: 35 }] }] },
    { rule: [{ rule_name: 'daily', schedule: 'cron(0 1 * * ? *)', lifecycle: [{ delete_after: 1 }] }] },
    { rule: [{ rule_name: 'daily', schedule: 'cron(0 1 * * ? *)', lifecycle: [{ delete_after: 90 }] }] },
  ),
  single('a selection of backups is removed', 'aws_backup_selection.uploads', { plan_id: 'p', name: 'uploads' }, null, {}),
  single(
    'something is no longer selected',
    'aws_backup_selection.uploads',
    { plan_id: 'p', resources: ['arn:a', 'arn:b'] },
    { resources: ['arn:a'] },
    { resources: ['arn:a', 'arn:b', 'arn:c'] },
  ),
  single(
    'recovery points may be deleted sooner',
    'aws_backup_vault_lock_configuration.vault',
    { min_retention_days: 30 },
    { min_retention_days: 1 },
    { min_retention_days: 60 },
  ),
  several(
    'the lock of a vault is removed',
    [entry('aws_backup_vault_lock_configuration.vault', { backup_vault_name: 'v' }, null)],
    [entry('aws_backup_vault.vault', { name: 'v' }, { name: 'v' })],
  ),
  single(
    'snapshots of the host are made once a week',
    'aws_dlm_lifecycle_policy.box',
    {
      state: 'ENABLED',
      policy_details: [{ schedule: [{ name: 'daily', create_rule: [{ interval: 24 }], retain_rule: [{ interval: 7 }] }] }],
    },
    { policy_details: [{ schedule: [{ name: 'daily', create_rule: [{ interval: 24 }], retain_rule: [{ interval: 1 }] }] }] },
    { policy_details: [{ schedule: [{ name: 'daily', create_rule: [{ interval: 12 }], retain_rule: [{ interval: 14 }] }] }] },
  ),
  single(
    'replication stops',
    'aws_s3_bucket_replication_configuration.uploads',
    { bucket: 'b', rule: [{ id: 'all', status: 'Enabled', destination: [{ bucket: 'arn:aws:s3:::copy' }] }] },
    { rule: [{ id: 'all', status: 'Disabled', destination: [{ bucket: 'arn:aws:s3:::copy' }] }] },
    { rule: [{ id: 'all', status: 'Enabled', destination: [{ bucket: 'arn:aws:s3:::copy', storage_class: 'GLACIER' }] }] },
  ),
];

export const WEAKENS_KEYS_AND_LOGS: readonly HostileCase[] = [
  single('a key is disabled', 'aws_kms_key.environment', { is_enabled: true }, { is_enabled: false }, { description: 'x' }),
  single(
    'a key could be deleted after a week',
    'aws_kms_key.environment',
    { deletion_window_in_days: 30 },
    { deletion_window_in_days: 7 },
    { tags: {} },
  ),
  single(
    'a key is no longer rotated',
    'aws_kms_key.environment',
    { enable_key_rotation: true },
    { enable_key_rotation: false },
    { tags: {} },
  ),
  single(
    'logs are kept for a day',
    'aws_cloudwatch_log_group.backend',
    { retention_in_days: 30 },
    { retention_in_days: 1 },
    { retention_in_days: 0 },
  ),
  single(
    'logs that were kept expire',
    'aws_cloudwatch_log_group.backend',
    { retention_in_days: 0 },
    { retention_in_days: 90 },
    { tags: {} },
  ),
  single('the trail stops recording', 'aws_cloudtrail.audit', { enable_logging: true }, { enable_logging: false }, { tags: {} }),
  single(
    'the trail covers one region',
    'aws_cloudtrail.audit',
    { is_multi_region_trail: true },
    { is_multi_region_trail: false },
    { tags: {} },
  ),
  single(
    'a trail writes elsewhere',
    'aws_cloudtrail.audit',
    { s3_bucket_name: 'audit' },
    { s3_bucket_name: 'other' },
    { tags: {} },
  ),
  single(
    'an alarm informs no one',
    'aws_cloudwatch_metric_alarm.errors',
    { actions_enabled: true, alarm_actions: ['arn:topic'] },
    { actions_enabled: false },
    { period: 60 },
  ),
  single(
    'an alarm loses its receiver',
    'aws_cloudwatch_metric_alarm.errors',
    { alarm_actions: ['arn:topic'] },
    { alarm_actions: [] },
    { evaluation_periods: 2 },
  ),
  several(
    'flow logs are removed',
    [entry('aws_flow_log.network', { vpc_id: 'vpc-1' }, null)],
    [entry('aws_vpc.network', { id: 'vpc-1' }, { id: 'vpc-1' })],
  ),
  single(
    'a secret is no longer rotated',
    'aws_secretsmanager_secret_rotation.jwt',
    { secret_id: 's', rotation_rules: [{ automatically_after_days: 30 }] },
    { rotation_rules: [{ automatically_after_days: 900 }] },
    { rotation_rules: [{ automatically_after_days: 7 }] },
  ),
  single(
    'a parameter is stored in plain text',
    'aws_ssm_parameter.token',
    { type: 'SecureString' },
    { type: 'String' },
    { tier: 'Advanced' },
  ),
];

const TLS = { protocol: 'HTTPS', port: 443, ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06', certificate_arn: 'arn:cert' };
const WEB_ACL = {
  default_action: [{ allow: [{}] }],
  rule: [
    { name: 'rate', action: [{ block: [{}] }], override_action: [], statement: [{ rate_based_statement: [{ limit: 2000 }] }] },
    { name: 'core', action: [], override_action: [{ none: [{}] }] },
  ],
};
const rules = (...changed: object[]): object => ({ rule: changed });
const PARAMETERS = {
  parameter: [
    { name: 'rds.force_ssl', value: '1' },
    { name: 'work_mem', value: '4096' },
  ],
};

export const WEAKENS_TRAFFIC: readonly HostileCase[] = [
  single('a listener answers without TLS', 'aws_lb_listener.https', TLS, { protocol: 'HTTP' }, { port: 8443 }),
  single(
    'a listener accepts TLS 1.0',
    'aws_lb_listener.https',
    TLS,
    { ssl_policy: 'ELBSecurityPolicy-2016-08' },
    { ssl_policy: 'ELBSecurityPolicy-TLS13-1-3-2021-06' },
  ),
  single(
    'plain HTTP is forwarded instead of redirected',
    'aws_lb_listener.http',
    { protocol: 'HTTP', default_action: [{ type: 'redirect' }] },
    { default_action: [{ type: 'forward' }] },
    { default_action: [{ type: 'redirect', order: 1 }] },
  ),
  single(
    'a distribution answers plain HTTP',
    'aws_cloudfront_distribution.edge',
    {
      default_cache_behavior: [{ viewer_protocol_policy: 'redirect-to-https' }],
      viewer_certificate: [{ minimum_protocol_version: 'TLSv1.2_2021' }],
    },
    { default_cache_behavior: [{ viewer_protocol_policy: 'allow-all' }] },
    { default_cache_behavior: [{ viewer_protocol_policy: 'https-only' }] },
  ),
  single(
    'a distribution accepts TLS 1.0',
    'aws_cloudfront_distribution.edge',
    { viewer_certificate: [{ minimum_protocol_version: 'TLSv1.2_2021' }] },
    { viewer_certificate: [{ minimum_protocol_version: 'TLSv1_2016' }] },
    { viewer_certificate: [{ minimum_protocol_version: 'TLSv1.3_2025' }] },
  ),
  single(
    'the firewall of a distribution is taken off',
    'aws_cloudfront_distribution.edge',
    { web_acl_id: 'arn:acl' },
    { web_acl_id: '' },
    { comment: 'x' },
  ),
  several(
    'the firewall of a load balancer is taken off',
    [
      entry('aws_lb.web', { arn: 'arn:lb' }, { arn: 'arn:lb' }),
      entry('aws_wafv2_web_acl_association.web', { resource_arn: 'arn:lb', web_acl_arn: 'arn:acl' }, null),
    ],
    [
      entry('aws_lb.web', { arn: 'arn:lb' }, null),
      entry('aws_wafv2_web_acl_association.web', { resource_arn: 'arn:lb', web_acl_arn: 'arn:acl' }, null),
    ],
  ),
  single(
    'a rule of the firewall only counts',
    'aws_wafv2_web_acl.web',
    WEB_ACL,
    rules({ ...WEB_ACL.rule[0], action: [{ count: [{}] }] }, WEB_ACL.rule[1] ?? {}),
    { description: 'x' },
  ),
  single(
    'a rule of the firewall is gone',
    'aws_wafv2_web_acl.web',
    WEB_ACL,
    rules(WEB_ACL.rule[0] ?? {}),
    rules(...WEB_ACL.rule, { name: 'more', action: [{ block: [{}] }] }),
  ),
  single(
    'a rule of the firewall lets requests pass',
    'aws_wafv2_web_acl.web',
    WEB_ACL,
    rules(...WEB_ACL.rule, { name: 'me', action: [{ allow: [{}] }] }),
    { tags: {} },
  ),
  single(
    'a managed group of the firewall only counts',
    'aws_wafv2_web_acl.web',
    WEB_ACL,
    rules(WEB_ACL.rule[0] ?? {}, { name: 'core', override_action: [{ count: [{}] }] }),
    { tags: {} },
  ),
  single(
    'the firewall of a zone is disabled',
    'cloudflare_ruleset.waf',
    { zone_id: 'z', phase: 'p', rules: [{ ref: 'a', action: 'block', enabled: true }] },
    { rules: [{ ref: 'a', action: 'block', enabled: false }] },
    { name: 'x' },
  ),
  single('the origin of a name is published', 'cloudflare_dns_record.web', { proxied: true }, { proxied: false }, { ttl: 300 }),
  single(
    'the connection to the origin is not verified',
    'cloudflare_zone_setting.ssl',
    { setting_id: 'ssl', value: 'strict' },
    { value: 'flexible' },
    {},
  ),
  single(
    'a database accepts connections without TLS',
    'aws_db_parameter_group.shop',
    PARAMETERS,
    { parameter: [{ name: 'rds.force_ssl', value: '0' }] },
    { parameter: [PARAMETERS.parameter[0], { name: 'work_mem', value: '8192' }] },
  ),
  single(
    'a parameter that demands TLS is gone',
    'aws_db_parameter_group.shop',
    PARAMETERS,
    { parameter: [PARAMETERS.parameter[1]] },
    { parameter: [...PARAMETERS.parameter, { name: 'jit', value: '0' }] },
  ),
  ...['aws_instance.host', 'aws_launch_template.nodes'].flatMap((address) => [
    single(
      `IMDSv1 answers (${address})`,
      address,
      { metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 1 }] },
      { metadata_options: [{ http_tokens: 'optional', http_put_response_hop_limit: 1 }] },
      { tags: {} },
    ),
    single(
      `containers reach the metadata (${address})`,
      address,
      { metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 1 }] },
      { metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 3 }] },
      { tags: {} },
    ),
  ]),
  single(
    'databases may move into another subnet',
    'aws_db_subnet_group.shop',
    { subnet_ids: ['subnet-isolated-a'] },
    { subnet_ids: ['subnet-isolated-a', 'subnet-public-a'] },
    { description: 'x' },
  ),
  single(
    'a subnet has the routes of another table',
    'aws_route_table_association.isolated',
    { subnet_id: 's', route_table_id: 'rtb-isolated' },
    { route_table_id: 'rtb-public' },
    {},
  ),
  single(
    'an endpoint passes every request',
    'aws_vpc_endpoint.s3',
    { policy: policy({ Action: 's3:GetObject', Principal: '*', Resource: 'arn:aws:s3:::shop/*' }) },
    { policy: policy({ Action: '*', Principal: '*' }) },
    { tags: {} },
  ),
];

const ROLE = { name: 'shop-task', permissions_boundary: `arn:aws:iam::111122223333:policy/boundary` };

export const WEAKENS_PERMISSIONS: readonly HostileCase[] = [
  single('a boundary is removed', 'aws_iam_role.task', ROLE, { permissions_boundary: null }, { tags: {} }),
  single(
    'a role may do everything',
    'aws_iam_role_policy.task',
    { policy: policy({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop/*' }) },
    { policy: policy({ Action: '*' }) },
    { policy: policy({ Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::shop/*' }) },
  ),
  single(
    'a role may pass any role',
    'aws_iam_role_policy.task',
    null,
    { policy: policy({ Action: 'iam:PassRole' }) },
    {
      policy: policy({
        Action: 'iam:PassRole',
        Resource: 'arn:aws:iam::111122223333:role/shop-task',
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
    },
  ),
  single(
    'a role may change policies',
    'aws_iam_role_policy.task',
    null,
    { policy: policy({ Action: 'iam:PutRolePolicy', Resource: 'arn:aws:iam::111122223333:role/shop-task' }) },
    { policy: policy({ Action: 'iam:GetRole' }) },
  ),
  single(
    'a role may assume every role',
    'aws_iam_policy.task',
    null,
    { policy: policy({ Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111122223333:role/*' }) },
    { policy: policy({ Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111122223333:role/shop-reader' }) },
  ),
  single(
    'a role may read every secret',
    'aws_iam_role_policy.task',
    null,
    { policy: policy({ Action: 'secretsmanager:GetSecretValue' }) },
    {
      policy: policy({
        Action: 'secretsmanager:GetSecretValue',
        Resource: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-??????',
      }),
    },
  ),
  single(
    'a role may do all but little',
    'aws_iam_role_policy.task',
    null,
    { policy: policy({ NotAction: 'iam:CreateUser' }) },
    { policy: policy({ Action: 'xray:PutTraceSegments' }) },
  ),
  single(
    "an administrator's policy is attached",
    'aws_iam_role_policy_attachment.task',
    null,
    { role: 'shop-task', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    { role: 'shop-task', policy_arn: 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess' },
  ),
  single(
    'a bucket no longer denies requests without TLS',
    'aws_s3_bucket_policy.uploads',
    { bucket: 'b', policy: policy({ Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action: 's3:*' }) },
    { policy: policy({ Sid: 'Nothing', Effect: 'Deny', Principal: '*', Action: 's3:PutBucketPolicy' }) },
    { policy: policy({ Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action: ['s3:*', 's3express:*'] }) },
  ),
  single(
    'the log of a cluster is not kept',
    'aws_eks_cluster.main',
    { enabled_cluster_log_types: ['api', 'audit'] },
    { enabled_cluster_log_types: ['api'] },
    { version: '1.36' },
  ),
  single(
    "an administrator's access to a cluster",
    'aws_eks_access_policy_association.person',
    null,
    {
      principal_arn: 'arn:aws:iam::111122223333:role/person',
      policy_arn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
    },
    {
      principal_arn: 'arn:aws:iam::111122223333:role/person',
      policy_arn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
    },
  ),
  single(
    'the identity provider of the pipelines is deleted',
    'aws_iam_openid_connect_provider.github',
    { url: 'token.actions.githubusercontent.com' },
    null,
    { tags: {} },
  ),
  single(
    'tokens for another audience are accepted',
    'aws_iam_openid_connect_provider.github',
    { client_id_list: ['sts.amazonaws.com'] },
    { client_id_list: ['sts.amazonaws.com', 'x'] },
    { tags: {} },
  ),
];

export const WEAKENS_WORKLOADS: readonly HostileCase[] = [
  single('a service stops', 'aws_ecs_service.backend', { desired_count: 2 }, { desired_count: 0 }, { desired_count: 1 }),
  single(
    'tasks get public addresses',
    'aws_ecs_service.backend',
    { network_configuration: [{ assign_public_ip: false }] },
    { network_configuration: [{ assign_public_ip: true }] },
    { task_definition: 'x' },
  ),
  single(
    'a deployment stops',
    'kubernetes_deployment_v1.backend',
    { spec: [{ replicas: '2' }] },
    { spec: [{ replicas: '0' }] },
    { spec: [{ replicas: '3' }] },
  ),
  single('a release with its definitions is uninstalled', 'helm_release.operator', { name: 'operator' }, null, { timeout: 600 }),
  single('a stateful set is deleted', 'kubernetes_stateful_set_v1.queue', { spec: [] }, null, {}),
  single('a stack of CloudFormation is deleted', 'aws_cloudformation_stack.rotation', { name: 'rotation' }, null, { tags: {} }),
  single('a resource of the Cloud Control provider is deleted', 'awscc_rds_db_instance.primary', { id: 'x' }, null, {}),
  single(
    'pods of any kind are admitted',
    'kubernetes_namespace_v1.shop',
    { metadata: [{ labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } }] },
    { metadata: [{ labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } }] },
    { timeouts: {} },
  ),
];
