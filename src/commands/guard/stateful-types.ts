/**
 * What holds something that no apply can make again: deleting it, or replacing it by an empty one, loses it.
 *
 * Data for the plan guard, which refuses both, and for the address lock, which notices when one changes its address. An
 * attribute that only forgets (a shorter retention, a smaller backup window) is not judged here.
 */

/** One Terraform type whose resources are not to be lost. */
export interface StatefulType {
  readonly type: string;
  /** What is in it. */
  readonly holds: string;
  /** What is lost with it, and whether AWS gives it back. */
  readonly loss: string;
}

/** Sources: the deletion behaviour in the AWS service documentation of each; Kubernetes and Cloudflare likewise. */
export const STATEFUL_TYPES: readonly StatefulType[] = [
  // Databases and caches
  row('aws_db_instance', 'a database or a replica', 'the databases since the last snapshot; automated backups go with it'),
  row('aws_rds_cluster', 'an Aurora cluster', 'the databases since the last snapshot'),
  row('aws_rds_cluster_instance', 'an instance of an Aurora cluster', 'a reader, or the writer until the next one takes over'),
  row('aws_rds_global_cluster', 'a database over several regions', 'the link between its clusters'),
  row('aws_db_snapshot', 'a copy of a database', 'the copy'),
  row('aws_db_cluster_snapshot', 'a copy of a cluster', 'the copy'),
  row('aws_docdb_cluster', 'a DocumentDB cluster', 'the databases since the last snapshot'),
  row('aws_neptune_cluster', 'a graph database', 'the graph since the last snapshot'),
  row('aws_redshift_cluster', 'a data warehouse', 'the tables since the last snapshot'),
  row('aws_dynamodb_table', 'a table, such as the locks of the Terraform state', 'its items and its point-in-time recovery'),
  row('aws_elasticache_replication_group', 'a Redis cache', 'sessions, queues and whatever else is kept only there'),
  row('aws_elasticache_cluster', 'a cache', 'sessions, queues and whatever else is kept only there'),
  row('aws_elasticache_serverless_cache', 'a cache', 'sessions, queues and whatever else is kept only there'),
  row('aws_memorydb_cluster', 'a durable Redis', 'its data since the last snapshot'),
  row('aws_opensearch_domain', 'search indices', 'the indices; AWS keeps hourly snapshots of it nowhere else'),
  row('aws_timestreamwrite_table', 'a time series', 'its records'),
  row('aws_keyspaces_table', 'a Cassandra table', 'its rows'),

  // Files, volumes, backups
  row(
    'aws_s3_bucket',
    'objects, such as uploads, logs or the Terraform state itself',
    'every object and version; the name may be taken by others',
  ),
  row('aws_s3_directory_bucket', 'objects', 'every object'),
  row('aws_efs_file_system', 'files', 'every file that no backup holds'),
  row('aws_fsx_lustre_file_system', 'files', 'every file that no backup holds'),
  row('aws_fsx_windows_file_system', 'files', 'every file that no backup holds'),
  row('aws_fsx_ontap_file_system', 'files', 'every file that no backup holds'),
  row('aws_fsx_openzfs_file_system', 'files', 'every file that no backup holds'),
  row('aws_ebs_volume', 'a disk, such as the data of the single host', 'everything on it since the last snapshot'),
  row('aws_ebs_snapshot', 'a copy of a disk', 'the copy'),
  row('aws_backup_vault', 'recovery points', 'the backups in it'),
  row('aws_glacier_vault', 'archives', 'the archives'),
  row('aws_dlm_lifecycle_policy', 'the schedule of snapshots', 'new snapshots; those that are there are no longer expired'),
  row('aws_backup_plan', 'the schedule of backups', 'new recovery points'),

  // Keys, secrets, identities
  row('aws_kms_key', 'an encryption key', 'everything that is encrypted under it, for ever, when its waiting time is over'),
  row('aws_kms_replica_key', 'a copy of an encryption key', 'what its region has encrypted under it'),
  row('aws_kms_external_key', 'an imported encryption key', 'everything that is encrypted under it'),
  row(
    'aws_secretsmanager_secret',
    'a secret, whose value Terraform does not know',
    'the value; the name is blocked while it waits for deletion',
  ),
  row(
    'aws_ssm_parameter',
    'a parameter that others write, such as the image that runs',
    'the value: the next apply writes the initial one',
  ),
  row('aws_cognito_user_pool', 'users and their passwords', 'every account: passwords cannot be exported'),
  row('aws_acmpca_certificate_authority', 'a certificate authority', 'the trust in every certificate it has signed'),

  // Images, code, messages, logs
  row('aws_ecr_repository', 'container images', 'every image, the running one included'),
  row('aws_ecrpublic_repository', 'container images', 'every image'),
  row('aws_codecommit_repository', 'source code', 'the history'),
  row('aws_codeartifact_repository', 'packages', 'every package'),
  row('aws_sqs_queue', 'messages', 'those that nobody has worked on yet; the name is blocked for a minute'),
  row('aws_kinesis_stream', 'records', 'those that nobody has read yet'),
  row('aws_msk_cluster', 'topics', 'every record'),
  row('aws_mq_broker', 'messages', 'those that nobody has worked on yet'),
  row('aws_cloudwatch_log_group', 'logs', 'every line in it'),
  row('aws_cloudtrail', 'the record of who did what in the account', 'every event until there is a trail again'),
  row('aws_cloudtrail_event_data_store', 'an audit trail', 'its events'),

  // Names
  row('aws_route53_zone', 'a DNS zone', 'its name servers: the domain is gone until the registrar knows the new ones'),
  row('aws_route53_delegation_set', 'name servers', 'the name servers that registrars know'),
  row('cloudflare_zone', 'a DNS zone', 'its records and settings, and its name servers'),

  // Kubernetes
  row('aws_eks_cluster', 'a Kubernetes cluster', 'every object in it, and the claims to its volumes'),
  row('kubernetes_namespace', 'a namespace', 'everything in it, volume claims included'),
  row('kubernetes_namespace_v1', 'a namespace', 'everything in it, volume claims included'),
  row('kubernetes_persistent_volume', 'a volume', 'its data, by its reclaim policy'),
  row('kubernetes_persistent_volume_v1', 'a volume', 'its data, by its reclaim policy'),
  row('kubernetes_persistent_volume_claim', 'a claim to a volume', 'the volume and its data, by its reclaim policy'),
  row('kubernetes_persistent_volume_claim_v1', 'a claim to a volume', 'the volume and its data, by its reclaim policy'),
];

function row(type: string, holds: string, loss: string): StatefulType {
  return { type, holds, loss };
}
