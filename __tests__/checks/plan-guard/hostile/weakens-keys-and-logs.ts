/** Plans that weaken keys, secrets, logs and alarms. */
import { entry, several, single, type HostileCase } from './hostile-case';

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
