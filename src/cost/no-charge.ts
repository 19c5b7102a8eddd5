/**
 * Resource types that cost nothing, each with the reason. A type that has neither an entry here nor a formula is unknown, and a test
 * fails until one of the two is added.
 */

const SETTING = 'a setting of another resource, which is charged';
const NETWORK = 'parts of a VPC are free; traffic and addresses are charged where they arise';
const IAM = 'IAM is free';
const POD = 'runs on the nodes, which are charged';
const OBJECT = 'an object of the Kubernetes API';

const REASONS: Readonly<Record<string, readonly string[]>> = {
  [IAM]: [
    'aws_iam_instance_profile',
    'aws_iam_openid_connect_provider',
    'aws_iam_policy',
    'aws_iam_role',
    'aws_iam_role_policy',
    'aws_iam_role_policy_attachment',
    'aws_eks_access_entry',
    'aws_eks_access_policy_association',
    'aws_eks_pod_identity_association',
  ],
  [NETWORK]: [
    'aws_default_security_group',
    'aws_internet_gateway',
    'aws_network_interface',
    'aws_route',
    'aws_route_table',
    'aws_route_table_association',
    'aws_security_group',
    'aws_subnet',
    'aws_vpc',
    'aws_vpc_security_group_egress_rule',
    'aws_vpc_security_group_ingress_rule',
    'aws_cloudfront_vpc_origin',
  ],
  [SETTING]: [
    'aws_acm_certificate_validation',
    'aws_amplify_branch',
    'aws_appautoscaling_policy',
    'aws_appautoscaling_target',
    'aws_autoscaling_policy',
    // What it restores is charged where it is selected.
    'aws_backup_restore_testing_plan',
    'aws_backup_selection',
    'aws_backup_vault',
    'aws_cloudfront_cache_policy',
    'aws_cloudfront_origin_access_control',
    'aws_cloudfront_response_headers_policy',
    'aws_cloudwatch_log_resource_policy',
    'aws_db_parameter_group',
    'aws_db_subnet_group',
    'aws_ecr_lifecycle_policy',
    'aws_ecs_cluster_capacity_providers',
    'aws_efs_access_point',
    'aws_efs_file_system_policy',
    'aws_efs_mount_target',
    'aws_eip_association',
    'aws_elasticache_parameter_group',
    'aws_elasticache_subnet_group',
    'aws_kms_alias',
    'aws_launch_template',
    'aws_lb_listener',
    'aws_lb_listener_certificate',
    'aws_lb_listener_rule',
    'aws_lb_target_group',
    'aws_s3_bucket_cors_configuration',
    'aws_s3_bucket_logging',
    'aws_s3_bucket_object_lock_configuration',
    'aws_s3_bucket_ownership_controls',
    'aws_s3_bucket_policy',
    'aws_s3_bucket_public_access_block',
    'aws_s3_bucket_server_side_encryption_configuration',
    'aws_s3_bucket_versioning',
    'aws_secretsmanager_secret_rotation',
    'aws_secretsmanager_secret_version',
    'aws_sesv2_configuration_set',
    'aws_sesv2_email_identity_mail_from_attributes',
    'aws_sns_topic_policy',
    'aws_sqs_queue_policy',
    'aws_volume_attachment',
    'aws_wafv2_ip_set',
    'aws_wafv2_web_acl_association',
    'cloudflare_pages_domain',
  ],
  'AWS charges nothing for alias records, nor for other records': ['aws_route53_record'],
  'ECS enters and removes tasks in Cloud Map free of charge; the zone is charged': ['aws_service_discovery_service'],
  'the logs are charged with their log group': ['aws_flow_log', 'aws_wafv2_web_acl_logging_configuration'],
  'CloudFront delivers its logs to S3 free of charge; they are charged as objects': [
    'aws_cloudwatch_log_delivery',
    'aws_cloudwatch_log_delivery_destination',
    'aws_cloudwatch_log_delivery_source',
  ],
  'S3 sends messages free of charge; each is a request of the queue that receives it': ['aws_s3_bucket_notification'],
  'events of AWS services are free': ['aws_cloudwatch_event_rule', 'aws_cloudwatch_event_target'],
  'Cost Anomaly Detection is free': ['aws_ce_anomaly_monitor', 'aws_ce_anomaly_subscription'],
  'add-ons of AWS are free; they run on the nodes': ['aws_eks_addon'],
  'costs below a cent: some kilobytes': ['aws_s3_object'],
  'costs below a cent: the function of AWS runs some seconds at each rotation': [
    'aws_serverlessapplicationrepository_cloudformation_stack',
  ],
  'costs below a cent: $1 for a million invocations, after 14 million free ones': ['aws_scheduler_schedule'],
  'costs below a cent: $0.10 for a million invocations': ['aws_cloudfront_function'],
  'a store is free; reads cost below a cent at the requests of a staging environment': ['aws_cloudfront_key_value_store'],
  'topics are free; deliveries are charged with the subscription': ['aws_sns_topic'],
  'included in the plan of the Cloudflare zone, which is charged': [
    'cloudflare_dns_record',
    'cloudflare_ruleset',
    'cloudflare_zone',
    'cloudflare_zone_setting',
  ],
  [POD]: ['kubernetes_cron_job_v1', 'kubernetes_deployment_v1'],
  [OBJECT]: [
    'kubernetes_config_map_v1',
    'kubernetes_horizontal_pod_autoscaler_v2',
    'kubernetes_limit_range_v1',
    'kubernetes_namespace_v1',
    'kubernetes_network_policy_v1',
    'kubernetes_pod_disruption_budget_v1',
    'kubernetes_resource_quota_v1',
    'kubernetes_service_account_v1',
  ],
};

/** Type to reason. */
export const NO_CHARGE: ReadonlyMap<string, string> = new Map(
  Object.entries(REASONS).flatMap(([reason, types]) => types.map((type) => [type, reason] as const)),
);
