/** Attributes that give access to an account or a principal without a policy. Data for the plan guard. */

export interface Grant {
  readonly type: string;
  /** The attribute that names an account, an ARN or an id, through nested blocks. */
  readonly attribute: string;
  /** Completes "<principal> ...". */
  readonly what: string;
}

export const GRANTS: readonly Grant[] = [
  grant('aws_kms_grant', 'grantee_principal', 'may use the key'),
  grant('aws_kms_grant', 'retiring_principal', 'may retire the grant'),
  grant('aws_eks_access_entry', 'principal_arn', 'may enter the cluster'),
  grant('aws_eks_access_policy_association', 'principal_arn', 'may act in the cluster'),
  grant('aws_eks_pod_identity_association', 'role_arn', 'is the role of pods'),
  grant('aws_eks_pod_identity_association', 'target_role_arn', 'is assumed by pods'),
  grant('aws_ami_launch_permission', 'account_id', 'may launch the image'),
  grant('aws_ami_launch_permission', 'organization_arn', 'may launch the image'),
  grant('aws_ami_launch_permission', 'organizational_unit_arn', 'may launch the image'),
  grant('aws_snapshot_create_volume_permission', 'account_id', 'may restore the snapshot'),
  ...['aws_db_snapshot', 'aws_db_cluster_snapshot', 'aws_db_snapshot_copy', 'aws_rds_cluster_snapshot_copy'].map((type) =>
    grant(type, 'shared_accounts', 'may restore the snapshot'),
  ),
  grant('aws_ram_principal_association', 'principal', 'shares the resource'),
  grant('aws_lambda_permission', 'principal', 'may call the function'),
  grant('aws_lambda_permission', 'source_account', 'may call the function through a service'),
  grant('aws_lambda_permission', 'source_arn', 'may call the function through a service'),
  grant('aws_vpc_endpoint_service', 'allowed_principals', 'may connect to the service'),
  grant('aws_vpc_endpoint_service_allowed_principal', 'principal_arn', 'may connect to the service'),
  grant('aws_cloudwatch_event_permission', 'principal', 'may send events'),
  grant('aws_cloudwatch_event_target', 'arn', 'receives events'),
  grant('aws_cloudwatch_log_subscription_filter', 'destination_arn', 'receives logs'),
  grant('aws_sns_topic_subscription', 'endpoint', 'receives messages'),
  grant('aws_s3_bucket_replication_configuration', 'rule.destination.account', 'receives copies of the objects'),
  grant('aws_s3_bucket_acl', 'access_control_policy.grant.grantee.id', 'is granted access to the bucket'),
  grant(
    'aws_ecr_replication_configuration',
    'replication_configuration.rule.destination.registry_id',
    'receives copies of images',
  ),
  grant('aws_backup_plan', 'rule.copy_action.destination_vault_arn', 'receives copies of backups'),
  grant('aws_dlm_lifecycle_policy', 'policy_details.schedule.share_rule.target_accounts', 'may restore the snapshots'),
  grant('aws_vpc_security_group_ingress_rule', 'referenced_security_group_id', 'may connect'),
  grant('aws_security_group_rule', 'source_security_group_id', 'may connect'),
  grant('aws_security_group', 'ingress.security_groups', 'may connect'),
  grant(
    'aws_cloudwatch_log_delivery_destination',
    'delivery_destination_configuration.destination_resource_arn',
    'receives logs',
  ),
  grant('aws_vpc_peering_connection', 'peer_owner_id', 'is connected to the network'),
  grant('aws_ec2_transit_gateway_vpc_attachment', 'transit_gateway_owner_id', 'is connected to the network'),
  grant('aws_route53_vpc_association_authorization', 'vpc_id', 'may resolve the names of the zone'),
  grant('aws_lakeformation_permissions', 'principal', 'may read the data'),
  grant('aws_redshift_datashare_authorization', 'consumer_identifier', 'may read the data'),
];

function grant(type: string, attribute: string, what: string): Grant {
  return { type, attribute, what };
}
