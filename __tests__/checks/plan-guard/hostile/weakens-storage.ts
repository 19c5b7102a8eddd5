/** Plans that weaken what protects repositories, files, queues, caches, tables and backups. */
import { entry, several, single, type HostileCase } from './hostile-case';

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

export const WEAKENS_STORAGE: readonly HostileCase[] = [
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
  single('the drill of restores is removed', 'aws_backup_restore_testing_plan.database', { name: 'shop_database' }, null, {}),
  single(
    'a file system is taken out of the drills',
    'aws_backup_restore_testing_selection.files',
    { restore_testing_plan_name: 'shop_files', name: 'files' },
    null,
    {},
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
  single(
    'e-mail may travel without TLS',
    'aws_sesv2_configuration_set.email_settings',
    { delivery_options: [{ tls_policy: 'REQUIRE' }] },
    { delivery_options: [{ tls_policy: 'OPTIONAL' }] },
    { delivery_options: [{ tls_policy: 'REQUIRE' }] },
  ),
  several(
    'the identity of a domain is removed',
    [entry('aws_sesv2_email_identity.email_identity', { email_identity: 'shop.example' }, null)],
    [entry('aws_sesv2_email_identity.email_identity', null, { email_identity: 'shop.example' })],
  ),
];
