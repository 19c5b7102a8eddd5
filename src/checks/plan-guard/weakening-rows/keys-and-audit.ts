/** Keys, secrets, logs, alarms and the audit trail. Data for the plan guard. */
import { becomes, changed, higher, leaves, loses, lower, removed, shorter, turnedOff, turnedOn } from './predicates';
import { each, notable, of, weak, type Weakening } from './weakening';

export const KEY_WEAKENINGS: readonly Weakening[] = [
  ...each(
    ['aws_kms_key', 'aws_kms_replica_key', 'aws_kms_external_key'],
    weak('is_enabled', turnedOff, 'nothing encrypted under it can be read', 'keep it enabled'),
    weak('enabled', turnedOff, 'nothing encrypted under it can be read', 'keep it enabled'),
    weak('deletion_window_in_days', lower, 'a deletion can be cancelled for a shorter time', 'keep the days'),
    weak('enable_key_rotation', turnedOff, 'the key is no longer rotated', 'keep the rotation'),
    weak('rotation_period_in_days', higher, 'the key is rotated less often', 'keep the period'),
    weak('bypass_policy_lockout_safety_check', turnedOn, 'a policy may lock everyone out', 'leave the check on'),
  ),
  ...of('aws_kms_alias', weak('target_key_id', changed, 'callers of the alias use another key', 'keep the key')),
  ...of(
    'aws_secretsmanager_secret',
    weak('recovery_window_in_days', lower, 'a deleted secret can be restored for a shorter time, or never', 'keep the days'),
    weak('kms_key_id', changed, 'it is encrypted under another key', 'keep the key'),
    weak('replica.region', loses, 'a copy in another region is deleted', 'keep the replica'),
  ),
  ...of(
    'aws_secretsmanager_secret_rotation',
    weak('rotation_rules.automatically_after_days', higher, 'it is rotated less often', 'keep the days'),
    weak('rotation_lambda_arn', changed, 'another program knows the new value', 'have the function reviewed'),
  ),
  ...of(
    'aws_secretsmanager_secret_version',
    notable('secret_string_wo_version', changed, 'a new value is written over the present one', 'check that it is meant'),
    notable('version_stages', changed, 'another version becomes the current one', 'check that it is meant'),
  ),
  ...of(
    'aws_ssm_parameter',
    weak('type', leaves('SecureString'), 'the value is stored in plain text', 'keep SecureString'),
    weak('key_id', changed, 'it is encrypted under another key', 'keep the key'),
    notable('value', changed, 'what is written there is overwritten', 'check that it is meant'),
    notable('insecure_value', changed, 'what is written there is overwritten', 'check that it is meant'),
  ),
];

export const AUDIT_WEAKENINGS: readonly Weakening[] = [
  ...of(
    'aws_cloudwatch_log_group',
    weak('retention_in_days', shorter, 'older events are deleted', 'keep the days'),
    weak('kms_key_id', changed, 'events are encrypted under another key, or under that of AWS', 'keep the key'),
    weak('skip_destroy', turnedOff, 'its deletion deletes the events', 'keep it'),
  ),
  ...of(
    'aws_cloudtrail',
    weak('enable_logging', turnedOff, 'nothing is recorded', 'keep it on'),
    weak('is_multi_region_trail', turnedOff, 'other regions are not recorded', 'keep every region'),
    weak('include_global_service_events', turnedOff, 'changes of IAM are not recorded', 'keep them'),
    weak('enable_log_file_validation', turnedOff, 'a changed log is not noticed', 'keep the validation'),
    weak('kms_key_id', changed, 'logs are encrypted under another key', 'keep the key'),
    weak('s3_bucket_name', changed, 'logs go elsewhere', 'keep the bucket'),
    weak('cloud_watch_logs_group_arn', changed, 'logs go elsewhere', 'keep the log group'),
    weak('event_selector', changed, 'other events are recorded', 'compare both selections'),
    weak('advanced_event_selector', changed, 'other events are recorded', 'compare both selections'),
  ),
  ...of(
    'aws_cloudtrail_event_data_store',
    weak('retention_period', lower, 'older events are deleted', 'keep the days'),
    weak('termination_protection_enabled', turnedOff, 'one request deletes it', 'keep the protection'),
  ),
  ...of(
    'aws_flow_log',
    weak('traffic_type', leaves('ALL'), 'a part of the traffic is not recorded', 'keep ALL'),
    weak('log_destination', changed, 'records go elsewhere', 'keep the destination'),
    weak('eni_id', changed, 'something else is recorded', 'keep what it is for'),
    weak('vpc_id', changed, 'another network is recorded', 'keep the network'),
  ),
  ...of(
    'aws_wafv2_web_acl_logging_configuration',
    weak('redacted_fields', changed, 'what was redacted may be recorded', 'keep the fields redacted'),
    weak('log_destination_configs', changed, 'records go elsewhere', 'keep the destination'),
    weak('logging_filter', changed, 'other requests are recorded', 'compare both filters'),
  ),
  ...of(
    'aws_cloudwatch_metric_alarm',
    weak('actions_enabled', turnedOff, 'it informs no one', 'keep its actions'),
    weak('alarm_actions', loses, 'it informs fewer receivers', 'keep the receiver'),
    notable('threshold', changed, 'it fires at another value', 'check that it is meant'),
    notable('treat_missing_data', leaves('breaching'), 'silence no longer counts as a failure', 'check that it is meant'),
  ),
  ...of('aws_guardduty_detector', weak('enable', turnedOff, 'threats are no longer detected', 'keep it on')),
  ...of('aws_config_configuration_recorder_status', weak('is_enabled', turnedOff, 'changes are not recorded', 'keep it on')),
  ...of('aws_cloudwatch_event_rule', weak('state', becomes('DISABLED'), 'what it starts no longer runs', 'keep it enabled')),
  ...of('aws_scheduler_schedule', weak('state', becomes('DISABLED'), 'what it starts no longer runs', 'keep it enabled')),
  ...of(
    'aws_sns_topic_subscription',
    notable('endpoint', changed, 'messages go to another receiver', 'check who receives them'),
    weak('filter_policy', changed, 'other messages are passed', 'compare both filters'),
  ),
  ...of('aws_lb', weak('access_logs.enabled', turnedOff, 'requests are not recorded', 'keep the log')),
  ...of('aws_cloudfront_distribution', weak('logging_config', removed, 'requests are not recorded', 'keep the log')),
];
