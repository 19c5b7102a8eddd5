/**
 * Attributes of types that hold or protect data, whose change is a matter of size, time or description. A change of any other
 * attribute that no table ranks gets a notice. Data for the plan guard.
 */

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
};

/** Whether a change of the attribute needs no notice. */
export function isHarmlessAttribute(type: string, attribute: string): boolean {
  return OF_ANY_TYPE.includes(attribute) || (OF_TYPE[type]?.includes(attribute) ?? false);
}
