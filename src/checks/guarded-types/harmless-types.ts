/**
 * Resource types that may be created, changed, replaced and deleted without a notice: they hold nothing, protect nothing, and
 * admit no one by themselves. A type in no table of the guard gets a notice. Data for the plan guard.
 */
export const HARMLESS_TYPES: readonly string[] = [
  // Networks: who may send, and where to
  'aws_nat_gateway',
  'aws_vpc_dhcp_options',
  'aws_vpc_dhcp_options_association',

  // Certificates and names
  'aws_acm_certificate',
  'aws_acm_certificate_validation',
  'aws_route53_cidr_collection',

  // Compute
  'aws_ecs_cluster_capacity_providers',
  'aws_appautoscaling_policy',
  'aws_autoscaling_policy',
  'aws_lb_listener_certificate',
  'aws_placement_group',
  'kubernetes_horizontal_pod_autoscaler_v2',
  'kubernetes_pod_disruption_budget_v1',
  'kubernetes_limit_range_v1',
  'kubernetes_resource_quota_v1',

  // Parameters, caching, files of the configuration

  // Observation
  'aws_cloudwatch_dashboard',
  'aws_cloudwatch_query_definition',
  'aws_ce_anomaly_monitor',

  // Built into Terraform, and providers without a cloud
  'terraform_data',
  'null_resource',
  'random_id',
  'random_password',
  'random_string',
  'time_sleep',
  'time_static',
];

/**
 * Resource types that hold and protect nothing when they are created, but whose later change or removal may: programs in front of
 * a login, the source of a site, routes, the identity of a process. A new one needs no notice; every other change does. Data for
 * the plan guard.
 */
export const ORDINARY_WHEN_NEW: readonly string[] = [
  'aws_route_table',
  'aws_key_pair',
  'aws_sfn_state_machine',
  'aws_cloudfront_function',
  // Logins are put into it by hand: without them nobody is admitted.
  'aws_cloudfront_key_value_store',
  'aws_efs_access_point',
  'aws_amplify_app',
  'aws_amplify_branch',
  'aws_amplify_domain_association',
  'cloudflare_pages_project',
  'cloudflare_pages_domain',
  'aws_cloudwatch_log_delivery',
  'aws_cloudwatch_log_delivery_destination',
  'aws_cloudwatch_log_delivery_source',
  'aws_cloudwatch_log_metric_filter',
  'aws_ecs_cluster',
  'aws_service_discovery_private_dns_namespace',
  'aws_service_discovery_service',
  'kubernetes_service_account_v1',
  'aws_elasticache_parameter_group',
  'aws_appautoscaling_scheduled_action',
  'aws_cloudfront_cache_policy',
  'aws_cloudfront_origin_request_policy',
];
