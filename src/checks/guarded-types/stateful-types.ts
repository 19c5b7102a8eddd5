/**
 * Resource types whose content no apply can recreate. Data for the plan guard, which refuses to delete or replace them, and
 * for the address lock, which notices when one changes its address. Attributes that only shorten a retention are not
 * judged here.
 */

export interface StatefulType {
  readonly type: string;
  /** What it holds. */
  readonly holds: string;
  /** What is lost with it, and whether AWS can restore it. */
  readonly loss: string;
}

/** Sources: the deletion behaviour in the AWS service documentation of each; Kubernetes and Cloudflare likewise. */
export const STATEFUL_TYPES: readonly StatefulType[] = [
  // Databases and caches
  row('aws_db_instance', 'a database or a replica', 'the data since the last snapshot; automated backups are deleted too'),
  row('aws_rds_cluster', 'an Aurora cluster', 'the data since the last snapshot'),
  row('aws_rds_cluster_instance', 'an instance of an Aurora cluster', 'a reader, or the writer until another is promoted'),
  row('aws_rds_global_cluster', 'a database over several regions', 'the link between its clusters'),
  row('aws_db_snapshot', 'a database snapshot', 'the snapshot'),
  row('aws_db_cluster_snapshot', 'a cluster snapshot', 'the snapshot'),
  row('aws_docdb_cluster', 'a DocumentDB cluster', 'the data since the last snapshot'),
  row('aws_neptune_cluster', 'a graph database', 'the graph since the last snapshot'),
  row('aws_redshift_cluster', 'a data warehouse', 'the tables since the last snapshot'),
  row('aws_dynamodb_table', 'a table, such as the locks of the Terraform state', 'its items and its point-in-time recovery'),
  row(
    'aws_elasticache_replication_group',
    'a Valkey or Redis cache',
    'sessions, queues and everything else that is stored only there',
  ),
  row('aws_elasticache_cluster', 'a cache', 'sessions, queues and everything else that is stored only there'),
  row('aws_elasticache_serverless_cache', 'a cache', 'sessions, queues and everything else that is stored only there'),
  row('aws_memorydb_cluster', 'a durable Redis', 'its data since the last snapshot'),
  row('aws_opensearch_domain', 'search indices', 'the indices; its hourly snapshots are deleted too'),
  row('aws_timestreamwrite_table', 'a time series', 'its records'),
  row('aws_keyspaces_table', 'a Cassandra table', 'its rows'),

  // Files, volumes, backups
  row(
    'aws_s3_bucket',
    'objects, such as uploads, logs or the Terraform state itself',
    'every object and version; another account may take the name',
  ),
  row('aws_s3_directory_bucket', 'objects', 'every object'),
  row('aws_efs_file_system', 'files', 'every file that is not in a backup'),
  row('aws_fsx_lustre_file_system', 'files', 'every file that is not in a backup'),
  row('aws_fsx_windows_file_system', 'files', 'every file that is not in a backup'),
  row('aws_fsx_ontap_file_system', 'files', 'every file that is not in a backup'),
  row('aws_fsx_openzfs_file_system', 'files', 'every file that is not in a backup'),
  row('aws_ebs_volume', 'a volume, such as the data of the single host', 'everything on it since the last snapshot'),
  row('aws_ebs_snapshot', 'a volume snapshot', 'the snapshot'),
  row('aws_backup_vault', 'recovery points', 'the backups in it'),
  row('aws_glacier_vault', 'archives', 'the archives'),
  row('aws_dlm_lifecycle_policy', 'the schedule of snapshots', 'future snapshots; existing ones no longer expire'),
  row('aws_backup_plan', 'the schedule of backups', 'future recovery points'),

  // Keys, secrets, identities
  row('aws_kms_key', 'an encryption key', 'everything encrypted under it, permanently, once its waiting period is over'),
  row('aws_kms_replica_key', 'a replica of an encryption key', 'what is encrypted under it in its region'),
  row('aws_kms_external_key', 'an imported encryption key', 'everything encrypted under it'),
  row(
    'aws_secretsmanager_secret',
    'a secret, whose value Terraform does not know',
    'the value; the name is blocked during the recovery window',
  ),
  row(
    'aws_ssm_parameter',
    'a parameter that other programs write, such as the running image',
    'the value: the next apply writes the initial one',
  ),
  row('aws_cognito_user_pool', 'users and their passwords', 'every account: passwords cannot be exported'),
  row('aws_acmpca_certificate_authority', 'a certificate authority', 'the trust in every certificate it has issued'),

  // Images, code, messages, logs
  row('aws_ecr_repository', 'container images', 'every image, including the running one'),
  row('aws_ecrpublic_repository', 'container images', 'every image'),
  row('aws_codecommit_repository', 'source code', 'the history'),
  row('aws_codeartifact_repository', 'packages', 'every package'),
  row('aws_sqs_queue', 'messages', 'the unprocessed messages; the name is blocked for a minute'),
  row('aws_kinesis_stream', 'records', 'the unread records'),
  row('aws_msk_cluster', 'topics', 'every record'),
  row('aws_mq_broker', 'messages', 'the unprocessed messages'),
  row('aws_cloudwatch_log_group', 'logs', 'every log event in it'),
  row('aws_cloudtrail', 'the audit log of the account', 'every event until another trail exists'),
  row('aws_cloudtrail_event_data_store', 'an audit log', 'its events'),

  // Names
  row('aws_route53_zone', 'a DNS zone', 'its name servers: the domain fails until the registrar has the new ones'),
  row('aws_route53_delegation_set', 'name servers', 'the name servers that registrars have'),
  row('cloudflare_zone', 'a DNS zone', 'its records, its settings and its name servers'),

  // Kubernetes
  row('aws_eks_cluster', 'a Kubernetes cluster', 'every object in it, and the claims to its volumes'),
  row('kubernetes_namespace', 'a namespace', 'everything in it, including volume claims'),
  row('kubernetes_namespace_v1', 'a namespace', 'everything in it, including volume claims'),
  row('kubernetes_persistent_volume', 'a volume', 'its data, depending on its reclaim policy'),
  row('kubernetes_persistent_volume_v1', 'a volume', 'its data, depending on its reclaim policy'),
  row('kubernetes_persistent_volume_claim', 'a volume claim', 'the volume and its data, depending on its reclaim policy'),
  row('kubernetes_persistent_volume_claim_v1', 'a volume claim', 'the volume and its data, depending on its reclaim policy'),
];

function row(type: string, holds: string, loss: string): StatefulType {
  return { type, holds, loss };
}
