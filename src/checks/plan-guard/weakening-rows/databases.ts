/** Databases, caches and search: protection, backups, encryption, who reaches them. Data for the plan guard. */
import { becomes, changed, downIn, gains, leaves, loses, lower, olderTls, removed, turnedOff, turnedOn } from './predicates';
import { backsUpLess, demandsLess } from './rule-lists';
import { each, notable, of, weak, type Weakening } from './weakening';

const PROTECTED = weak(
  'deletion_protection',
  turnedOff,
  'one request deletes it',
  'keep protect: true until the day on which it is removed',
);
const FINAL_SNAPSHOT = weak('skip_final_snapshot', turnedOn, 'deleting it leaves no last snapshot', 'keep the final snapshot');
const BACKUPS = weak(
  'backup_retention_period',
  lower,
  'older automated backups are deleted at once; 0 deletes them all',
  'keep the number of days, or copy what must stay into a vault first',
);
const NEW_GROUP = (attribute: string) =>
  weak(attribute, gains, 'another security group decides who reaches it', 'admit the caller by a rule of the present group');
const PLAIN = (attribute: string) => weak(attribute, turnedOff, 'what it stores is no longer encrypted', 'keep the encryption');
const OTHER_KEY = (attribute: string) =>
  weak(attribute, changed, 'it is encrypted under another key, or under none of the account', 'keep the key');
const OTHER_SUBNETS = (attribute: string) => weak(attribute, changed, 'it moves into other subnets', 'keep its subnet group');

export const DATABASE_WEAKENINGS: readonly Weakening[] = [
  ...each(
    ['aws_db_instance', 'aws_rds_cluster', 'aws_docdb_cluster', 'aws_neptune_cluster'],
    PROTECTED,
    FINAL_SNAPSHOT,
    BACKUPS,
    PLAIN('storage_encrypted'),
    OTHER_KEY('kms_key_id'),
    NEW_GROUP('vpc_security_group_ids'),
    weak('final_snapshot_identifier', removed, 'the final snapshot has no name, so none can be made', 'keep the name'),
    notable('engine_version', changed, 'another version of the engine', 'read its notes; a major version cannot be taken back'),
  ),
  ...each(
    ['aws_db_instance', 'aws_rds_cluster'],
    weak(
      'delete_automated_backups',
      turnedOn,
      'deleting it deletes its automated backups too',
      'keep automated backups after a deletion',
    ),
    weak('enabled_cloudwatch_logs_exports', loses, 'its log is no longer kept', 'keep exporting it'),
    weak('iam_database_authentication_enabled', turnedOff, 'logins fall back to passwords', 'keep the logins by IAM'),
    weak('manage_master_user_password', turnedOff, 'AWS no longer keeps and rotates the master password', 'keep it with AWS'),
    OTHER_SUBNETS('db_subnet_group_name'),
    weak('copy_tags_to_snapshot', turnedOff, 'snapshots lose the tags that backups select', 'keep it'),
  ),
  ...of(
    'aws_db_instance',
    weak('multi_az', turnedOff, 'one failed zone stops it', 'keep the standby'),
    weak('replicate_source_db', removed, 'the replica is promoted and no longer follows its source', 'keep its source'),
    weak('domain', changed, 'another directory decides who logs in', 'keep the directory'),
    notable('parameter_group_name', changed, 'other parameters, such as those that demand TLS', 'compare both groups'),
    notable(
      'ca_cert_identifier',
      changed,
      'another certificate authority: clients that verify must know it',
      'roll it out first',
    ),
  ),
  ...of(
    'aws_rds_cluster',
    weak('enable_http_endpoint', turnedOn, 'the Data API answers without a network path', 'leave it off'),
    weak('global_cluster_identifier', removed, 'the cluster leaves its global database', 'keep it'),
    weak('replication_source_identifier', removed, 'the cluster is promoted and no longer follows its source', 'keep its source'),
    notable('db_cluster_parameter_group_name', changed, 'other parameters, such as those that demand TLS', 'compare both groups'),
  ),
  ...each(
    ['aws_db_parameter_group', 'aws_rds_cluster_parameter_group', 'aws_docdb_cluster_parameter_group'],
    weak('parameter', demandsLess, 'connections without TLS are accepted, or no longer recorded', 'keep the parameter'),
  ),
  ...each(
    ['aws_db_subnet_group', 'aws_elasticache_subnet_group', 'aws_redshift_subnet_group'],
    weak('subnet_ids', gains, 'databases may move into a subnet that they were not in', 'keep to the isolated subnets'),
  ),
  ...of(
    'aws_redshift_cluster',
    FINAL_SNAPSHOT,
    weak('automated_snapshot_retention_period', lower, 'older snapshots are deleted', 'keep the number of days'),
    PLAIN('encrypted'),
    OTHER_KEY('kms_key_id'),
    NEW_GROUP('vpc_security_group_ids'),
  ),
  ...of(
    'aws_dynamodb_table',
    weak('deletion_protection_enabled', turnedOff, 'one request deletes it', 'keep the protection'),
    weak('point_in_time_recovery.enabled', turnedOff, 'its history of 35 days is deleted', 'keep point-in-time recovery'),
    weak('point_in_time_recovery.recovery_period_in_days', lower, 'older history is deleted', 'keep the number of days'),
    weak('ttl.enabled', turnedOn, 'items with a time in the past are deleted', 'delete by hand what has to go'),
    weak('ttl.attribute_name', changed, 'items expire by another attribute', 'keep the attribute'),
    weak('server_side_encryption.enabled', turnedOff, "it falls back to AWS's own key", 'keep the key'),
    OTHER_KEY('server_side_encryption.kms_key_arn'),
    weak('replica.region_name', loses, 'a copy in another region is deleted', 'keep the replica'),
  ),
  ...each(
    ['aws_elasticache_replication_group', 'aws_elasticache_cluster', 'aws_elasticache_serverless_cache', 'aws_memorydb_cluster'],
    weak('snapshot_retention_limit', lower, 'older snapshots are deleted; 0 makes none', 'keep the number of days'),
    weak('final_snapshot_identifier', removed, 'deleting it leaves no last snapshot', 'keep the final snapshot'),
    weak('final_snapshot_name', removed, 'deleting it leaves no last snapshot', 'keep the final snapshot'),
    NEW_GROUP('security_group_ids'),
    weak('transit_encryption_enabled', turnedOff, 'connections are no longer encrypted', 'keep TLS'),
    weak('tls_enabled', turnedOff, 'connections are no longer encrypted', 'keep TLS'),
    weak('transit_encryption_mode', becomes('preferred'), 'connections without TLS are accepted', 'keep it required'),
    OTHER_KEY('kms_key_id'),
    weak('user_group_ids', loses, 'its users are no longer told apart', 'keep the user group'),
    weak('user_group_id', removed, 'its users are no longer told apart', 'keep the user group'),
    weak('acl_name', changed, 'another list decides who logs in', 'keep the list'),
  ),
  ...of(
    'aws_elasticache_replication_group',
    PLAIN('at_rest_encryption_enabled'),
    notable('engine', changed, 'its engine becomes another in place, for good', 'try the application with it first'),
    weak('auth_token', removed, 'it asks for no password', 'keep the password'),
    weak('auth_token_update_strategy', becomes('DELETE'), 'it asks for no password', 'rotate it instead'),
    weak('automatic_failover_enabled', turnedOff, 'a failed node stops it', 'keep the failover'),
    weak('multi_az_enabled', turnedOff, 'one failed zone stops it', 'keep a replica in another zone'),
    weak('num_cache_clusters', lower, 'it has fewer copies', 'keep the replicas'),
    weak('replicas_per_node_group', lower, 'it has fewer copies', 'keep the replicas'),
  ),
  ...of(
    'aws_opensearch_domain',
    PLAIN('encrypt_at_rest.enabled'),
    weak('node_to_node_encryption.enabled', turnedOff, 'its nodes speak without encryption', 'keep it'),
    weak('domain_endpoint_options.enforce_https', turnedOff, 'plain HTTP is accepted', 'keep HTTPS'),
    weak('domain_endpoint_options.tls_security_policy', olderTls, 'older TLS is accepted', 'keep the policy'),
    weak('advanced_security_options.enabled', turnedOff, 'its own users and roles are no longer checked', 'keep it'),
    NEW_GROUP('vpc_options.security_group_ids'),
  ),
  ...each(
    ['aws_fsx_lustre_file_system', 'aws_fsx_windows_file_system', 'aws_fsx_ontap_file_system', 'aws_fsx_openzfs_file_system'],
    weak('automatic_backup_retention_days', lower, 'older backups are deleted', 'keep the number of days'),
    weak('skip_final_backup', turnedOn, 'deleting it leaves no last backup', 'keep the final backup'),
  ),
  ...of(
    'aws_cognito_user_pool',
    weak('deletion_protection', leaves('ACTIVE'), 'one request deletes every account', 'keep the protection'),
    weak('mfa_configuration', downIn('ON', 'OPTIONAL', 'OFF'), 'logins ask for one factor', 'keep the second factor'),
    weak('password_policy.minimum_length', lower, 'shorter passwords are accepted', 'keep the length'),
  ),
  ...of(
    'aws_kinesis_stream',
    weak('retention_period', lower, 'older records are deleted', 'keep the hours'),
    weak('encryption_type', leaves('KMS'), 'records are no longer encrypted', 'keep the encryption'),
    weak('enforce_consumer_deletion', turnedOn, 'it can be deleted while it is read', 'leave it off'),
  ),
  ...of(
    'aws_dlm_lifecycle_policy',
    weak('state', leaves('ENABLED'), 'no snapshots are made', 'keep it enabled'),
    weak('policy_details.schedule', backsUpLess, 'snapshots are made less often or kept for a shorter time', 'keep the schedule'),
    weak('policy_details.target_tags', changed, 'other volumes are copied', 'keep the tags'),
    weak('policy_details.resource_types', loses, 'other kinds of resources are copied', 'keep them'),
  ),
];
