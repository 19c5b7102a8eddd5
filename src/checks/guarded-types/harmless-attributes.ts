/**
 * Attributes of types that hold or protect data, whose change is a matter of size, time or description. A change of any other
 * attribute that no table ranks gets a notice. Data for the plan guard.
 */

import { isObject } from '../../terraform/root-module';

const OF_ANY_TYPE: readonly string[] = [
  'tags',
  'tags_all',
  'description',
  'comment',
  'timeouts',
  'id',
  'arn',
  'apply_immediately',
  'maintenance_window',
  'preferred_maintenance_window',
  'auto_minor_version_upgrade',
];

const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  aws_db_instance: [
    'instance_class',
    'allocated_storage',
    'max_allocated_storage',
    'storage_type',
    'iops',
    'storage_throughput',
    'backup_window',
    'allow_major_version_upgrade',
    'monitoring_interval',
    'performance_insights_enabled',
    'performance_insights_retention_period',
    'database_insights_mode',
  ],
  aws_rds_cluster: ['preferred_backup_window', 'serverlessv2_scaling_configuration', 'allow_major_version_upgrade'],
  aws_rds_cluster_instance: ['instance_class', 'monitoring_interval', 'performance_insights_enabled'],
  aws_dynamodb_table: ['billing_mode', 'read_capacity', 'write_capacity'],
  aws_elasticache_replication_group: ['node_type', 'snapshot_window', 'num_cache_clusters'],
  aws_elasticache_cluster: ['node_type', 'snapshot_window', 'num_cache_nodes'],
  aws_opensearch_domain: ['cluster_config', 'ebs_options'],
  aws_efs_file_system: ['throughput_mode', 'provisioned_throughput_in_mibps', 'lifecycle_policy'],
  aws_ebs_volume: ['size', 'iops', 'throughput', 'type'],
  aws_sqs_queue: ['visibility_timeout_seconds', 'receive_wait_time_seconds', 'delay_seconds', 'max_message_size'],
  aws_kinesis_stream: ['shard_count', 'stream_mode_details'],
  aws_ssm_parameter: ['tier'],
  aws_eks_cluster: ['version', 'upgrade_policy', 'force_update_version'],

  // Releases, scaling and sizes of what runs
  aws_ecs_service: [
    'task_definition',
    'desired_count',
    'deployment_maximum_percent',
    'deployment_minimum_healthy_percent',
    'force_new_deployment',
    'health_check_grace_period_seconds',
    'platform_version',
    'triggers',
    'wait_for_steady_state',
  ],
  aws_ecs_task_definition: [
    'container_definitions',
    'cpu',
    'memory',
    'revision',
    'arn_without_revision',
    'enable_fault_injection',
  ],
  aws_appautoscaling_target: ['min_capacity', 'max_capacity'],
  aws_autoscaling_group: ['min_size', 'max_size', 'desired_capacity', 'warm_pool', 'default_cooldown'],
  aws_eks_node_group: ['scaling_config', 'instance_types', 'disk_size', 'version', 'release_version', 'update_config'],
  aws_eks_addon: ['addon_version'],
  aws_instance: ['instance_type', 'instance_state', 'public_ip', 'public_dns', 'private_dns', 'credit_specification'],
  aws_launch_template: ['instance_type', 'latest_version', 'default_version', 'update_default_version'],
  helm_release: ['metadata', 'status', 'manifest'],
  kubernetes_deployment: ['wait_for_rollout'],
  kubernetes_deployment_v1: ['wait_for_rollout'],
  kubernetes_config_map_v1: ['data', 'binary_data', 'metadata'],

  // Traffic
  aws_lb: ['idle_timeout', 'client_keep_alive', 'enable_http2'],
  aws_lb_target_group: ['deregistration_delay', 'health_check', 'slow_start', 'stickiness', 'load_balancing_algorithm_type'],
  aws_lb_listener_rule: ['priority'],
  aws_cloudfront_distribution: [
    'price_class',
    'http_version',
    'is_ipv6_enabled',
    'etag',
    'status',
    'in_progress_validation_batches',
  ],
  aws_route53_record: ['ttl'],
  cloudflare_dns_record: ['ttl', 'modified_on'],
  aws_cloudwatch_metric_alarm: ['period', 'evaluation_periods', 'datapoints_to_alarm', 'alarm_description'],
  aws_security_group: ['owner_id'],
  aws_vpc_security_group_ingress_rule: ['from_port', 'to_port', 'ip_protocol', 'cidr_ipv4', 'cidr_ipv6', 'prefix_list_id'],
  aws_vpc_security_group_egress_rule: ['from_port', 'to_port', 'ip_protocol', 'cidr_ipv4', 'cidr_ipv6', 'prefix_list_id'],
  aws_ec2_managed_prefix_list: ['entry', 'max_entries', 'version'],
  aws_cloudfront_function: ['etag', 'live_stage_etag', 'status'],
};

/**
 * Nested attributes, by their path through blocks, that are a matter of size, time or release: the rest of the attribute around
 * them is not.
 */
const NESTED: Readonly<Record<string, readonly string[]>> = Object.fromEntries([
  ...[
    'kubernetes_deployment',
    'kubernetes_deployment_v1',
    'kubernetes_stateful_set',
    'kubernetes_stateful_set_v1',
    'kubernetes_daemonset',
    'kubernetes_daemon_set_v1',
  ].map((type) => [type, released('spec.template')] as const),
  ...['kubernetes_cron_job', 'kubernetes_cron_job_v1'].map(
    (type) => [type, released('spec.job_template.spec.template')] as const,
  ),
]);

/** What changes with a release of a container, below the template of its pods. */
function released(template: string): readonly string[] {
  const container = ['image', 'env', 'env_from', 'resources', 'command', 'args', 'port', 'liveness_probe', 'readiness_probe'];
  return [
    'spec.replicas',
    'spec.strategy',
    `${template}.metadata.annotations`,
    'metadata.annotations',
    'metadata.generation',
    'metadata.resource_version',
    ...['container', 'init_container'].flatMap((kind) =>
      [...container, 'startup_probe'].map((name) => `${template}.spec.${kind}.${name}`),
    ),
  ];
}

/** A value without its nested attributes that are harmless; others as they are. */
export function withoutHarmless(type: string, name: string, value: unknown): unknown {
  const paths = (NESTED[type] ?? []).filter((path) => path.startsWith(`${name}.`)).map((path) => path.split('.').slice(1));
  return paths.reduce(without, value);
}

function without(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((inner) => without(inner, path));
  const [first, ...rest] = path;
  if (!isObject(value) || first === undefined || !(first in value)) return value;
  const { [first]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...others, [first]: without(inner, rest) };
}

/** Whether a change of the attribute needs no notice. */
export function isHarmlessAttribute(type: string, attribute: string): boolean {
  return OF_ANY_TYPE.includes(attribute) || (OF_TYPE[type]?.includes(attribute) ?? false);
}
