/** Resources that protect something else: removing one, or leaving it to itself, is a weakening. Data for the plan guard. */
import type { Removal } from './weakening';

/**
 * Types that are refused under `protect`. `owner` names the attribute that leads to what is protected: when that is deleted
 * too, or another resource of the type protects it afterwards, nothing is lost.
 */
export const REMOVALS: readonly Removal[] = [
  // Buckets, files, backups, images
  gone('aws_s3_bucket_versioning', 'what is overwritten or deleted cannot be restored', 'keep versions', 'bucket'),
  gone('aws_s3_bucket_object_lock_configuration', 'new objects can be deleted before their time', 'keep the lock', 'bucket'),
  gone('aws_s3_bucket_server_side_encryption_configuration', 'new objects fall back to SSE-S3', 'keep the encryption', 'bucket'),
  gone('aws_s3_bucket_policy', 'what it denies is allowed, such as requests without TLS', 'keep the denials', 'bucket'),
  gone('aws_s3_bucket_ownership_controls', 'access control lists may decide who reads an object', 'keep it', 'bucket'),
  gone('aws_s3_bucket_replication_configuration', 'copies in the other bucket are no longer made', 'keep the rules', 'bucket'),
  gone('aws_s3_bucket_logging', 'access is not recorded', 'keep the log', 'bucket'),
  mentioned('aws_s3_bucket_notification', 'messages about objects are no longer sent', 'check who waits for them'),
  mentioned('aws_s3_bucket_cors_configuration', 'pages of other origins can no longer use the bucket', 'check that it is meant'),
  gone('aws_efs_backup_policy', 'files are no longer copied daily', 'keep the backups', 'file_system_id'),
  gone('aws_efs_replication_configuration', 'the copy no longer follows', 'keep the replication', 'source_file_system_id'),
  gone(
    'aws_efs_file_system_policy',
    'what it denies is allowed, such as mounts without TLS',
    'keep the policy',
    'file_system_id',
  ),
  gone('aws_backup_selection', 'what it selects is no longer backed up', 'keep the selection', 'plan_id', 'name'),
  gone('aws_backup_restore_testing_plan', 'restores are no longer tested', 'keep the drill'),
  gone('aws_backup_restore_testing_selection', 'its restore is no longer tested', 'keep the drill', 'restore_testing_plan_name'),
  gone(
    'aws_backup_vault_lock_configuration',
    'recovery points can be deleted before their time',
    'keep the lock',
    'backup_vault_name',
  ),
  gone(
    'aws_backup_vault_policy',
    'what it denies is allowed, such as deleting recovery points',
    'keep the policy',
    'backup_vault_name',
  ),
  gone(
    'aws_db_instance_automated_backups_replication',
    'backups are no longer copied to the other region',
    'keep it',
    'source_db_instance_arn',
  ),
  gone('aws_ebs_snapshot_block_public_access', 'snapshots may be shared with everyone', 'keep the block'),
  gone('aws_ebs_encryption_by_default', 'new volumes may be plain', 'keep it'),

  // Keys, secrets, identities
  gone('aws_kms_alias', 'callers of the alias fail', 'keep the alias', 'target_key_id', 'name'),
  gone('aws_kms_key_policy', 'the key has the default policy', 'keep the policy', 'key_id'),
  gone('aws_secretsmanager_secret_rotation', 'the secret is no longer rotated', 'keep the rotation', 'secret_id'),
  gone('aws_secretsmanager_secret_policy', 'what it denies is allowed', 'keep the policy', 'secret_arn'),
  gone('aws_sesv2_email_identity', 'SES refuses every message of the domain', 'keep the identity while anything sends'),
  gone('aws_sesv2_configuration_set', 'messages may travel without TLS, and no reputation is measured', 'keep the set'),
  mentioned(
    'aws_sesv2_email_identity_mail_from_attributes',
    'SPF no longer confirms the domain',
    'keep it while DMARC is in use',
  ),
  gone('aws_sqs_queue_policy', 'what it denies is allowed', 'keep the policy', 'queue_url'),
  gone('aws_sns_topic_policy', 'what it denies is allowed', 'keep the policy', 'arn'),
  gone(
    'aws_iam_openid_connect_provider',
    'every role that trusts it can no longer be assumed, such as those of the pipelines',
    'keep it',
  ),
  gone('aws_iam_account_password_policy', 'any password is accepted', 'keep the policy'),
  gone('aws_cognito_user_pool_client', 'applications cannot log anyone in', 'keep it while it is used', 'user_pool_id', 'name'),

  // Audit and alarms
  gone('aws_flow_log', 'traffic is not recorded', 'keep the log', 'vpc_id', 'eni_id', 'subnet_id'),
  gone('aws_wafv2_web_acl_logging_configuration', 'requests are not recorded', 'keep the log', 'resource_arn'),
  gone('aws_cloudwatch_log_resource_policy', 'services can no longer write their logs', 'keep the policy'),
  gone('aws_guardduty_detector', 'threats are not detected', 'keep it'),
  gone('aws_config_configuration_recorder', 'changes are not recorded', 'keep it'),
  gone('aws_sns_topic_subscription', 'a receiver of alarms hears nothing', 'keep the subscription', 'topic_arn', 'endpoint'),
  mentioned('aws_cloudwatch_metric_alarm', 'what it watches is no longer watched', 'keep it while that exists'),
  mentioned('aws_cloudwatch_composite_alarm', 'what it watches is no longer watched', 'keep it while that exists'),
  mentioned('aws_route53_health_check', 'the name is no longer checked', 'keep it while the name exists'),
  mentioned('aws_sns_topic', 'alarms that name it inform no one', 'remove the alarms first'),
  mentioned('aws_budgets_budget', 'costs are no longer watched', 'keep the budget'),
  mentioned('aws_ce_anomaly_subscription', 'unusual costs are no longer reported', 'keep it'),

  // Traffic
  gone('aws_wafv2_web_acl', 'no firewall looks at requests', 'keep the web ACL'),
  gone('aws_wafv2_web_acl_association', 'no firewall looks at requests', 'keep the association', 'resource_arn'),
  gone('aws_shield_protection', 'floods are not absorbed', 'keep the protection', 'resource_arn'),
  gone('cloudflare_ruleset', 'its rules no longer apply', 'keep the rules', 'zone_id', 'phase'),
  gone('cloudflare_zone_setting', 'the setting keeps its value, and is no longer checked', 'keep it', 'zone_id', 'setting_id'),
  gone('aws_network_acl', 'its subnets have the default list, which allows everything', 'keep the list', 'vpc_id'),
  gone('aws_network_acl_association', 'its subnet has the default list, which allows everything', 'keep it', 'subnet_id'),
  gone('aws_vpc_endpoint_policy', 'the endpoint passes every request, to any account', 'keep the policy', 'vpc_endpoint_id'),
  gone('aws_default_security_group', 'the default group keeps its rules, and is no longer checked', 'keep it empty', 'vpc_id'),
  gone(
    'aws_route53_hosted_zone_dnssec',
    'answers are no longer signed',
    'remove the record at the registrar first',
    'hosted_zone_id',
  ),
  mentioned('aws_db_parameter_group', 'parameters such as those that demand TLS go with it', 'check what uses it'),
  mentioned('aws_lb_listener', 'a port no longer answers', 'check that it is meant'),
  mentioned('aws_route53_record', 'the name no longer answers', 'check that it is meant'),
  mentioned('cloudflare_dns_record', 'the name no longer answers', 'check that it is meant'),

  // What runs
  gone(
    'helm_release',
    'it is uninstalled; custom resource definitions of the chart take every object of theirs along',
    'keep the release',
  ),
  gone('kubernetes_stateful_set', 'its pods end, and volumes may go with them', 'keep it, or copy its volumes first'),
  gone('kubernetes_stateful_set_v1', 'its pods end, and volumes may go with them', 'keep it, or copy its volumes first'),
  gone('kubernetes_manifest', 'the object is deleted; a definition takes every object of its kind along', 'keep it'),
  gone('kubernetes_network_policy', 'pods are reached by others', 'keep the policy'),
  gone('kubernetes_network_policy_v1', 'pods are reached by others', 'keep the policy'),
  gone('aws_cloudformation_stack', 'everything in the stack is deleted', 'keep the stack'),
  gone('aws_cloudformation_stack_set', 'everything in its stacks is deleted', 'keep the stacks'),
  gone(
    'aws_serverlessapplicationrepository_cloudformation_stack',
    'its functions are deleted, such as those that rotate secrets',
    'keep the stack',
  ),
  gone('aws_volume_attachment', 'the volume is taken from the host that writes on it', 'stop the host first', 'volume_id'),
  mentioned('aws_instance', 'the host ends, and its root volume with it', 'check what is on the root volume'),
  mentioned('aws_ecs_service', 'the service ends', 'check that it is meant'),
  mentioned('aws_eks_node_group', 'its nodes end', 'check that others take their pods'),
  mentioned('aws_eks_addon', 'the add-on ends', 'check what needs it'),
];

/** Types whose resources hold others, or are any kind of resource: the plan does not show what is in them. */
export const OPAQUE =
  /^(awscc_|aws_cloudformation_stack|aws_serverlessapplicationrepository_|helm_release$|kubernetes_manifest$|kubectl_)/;

function gone(type: string, what: string, fix: string, ...owner: readonly string[]): Removal {
  return { type, what, fix, severity: 'refused', ...(owner.length === 0 ? {} : { owner }) };
}

function mentioned(type: string, what: string, fix: string): Removal {
  return { type, what, fix, severity: 'noticed' };
}
