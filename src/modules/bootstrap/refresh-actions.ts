/**
 * What Terraform's AWS provider calls when it refreshes a resource or reads a data source: the plan role is made of it. Pure.
 *
 * Only the configuration of resources is read here. Actions that return contents (objects, values of secrets and parameters) are
 * allowed in plan-role.ts, for exact resources. Sources: the read functions of hashicorp/terraform-provider-aws 6.26
 * (internal/service/<service>), and the names of actions in AWS's Service Authorization Reference.
 */

const APPLICATION_SCALING = ['application-autoscaling:DescribeScalableTargets', 'application-autoscaling:ListTagsForResource'];
const AUTO_SCALING_GROUP = [
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeTags',
  'autoscaling:DescribeTrafficSources',
  'autoscaling:DescribeWarmPool',
];
const ECS_TAGS = 'ecs:ListTagsForResource';
const ELASTICACHE_TAGS = 'elasticache:ListTagsForResource';
const LOG_DELIVERY_TAGS = 'logs:ListTagsForResource';
const RDS_TAGS = 'rds:ListTagsForResource';
const VPC_ATTRIBUTES = ['ec2:DescribeVpcs', 'ec2:DescribeVpcAttribute', 'ec2:DescribeNetworkAcls', 'ec2:DescribeRouteTables'];
const SECURITY_GROUP = ['ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules', 'ec2:DescribeTags'];
const BALANCER = [
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeLoadBalancerAttributes',
  'elasticloadbalancing:DescribeCapacityReservation',
  'elasticloadbalancing:DescribeTags',
];

/** Of `aws_s3_bucket`, which reads the settings that other resources manage too. */
const BUCKET = [
  's3:GetAccelerateConfiguration',
  's3:GetBucketAbac',
  's3:GetBucketAcl',
  's3:GetBucketCORS',
  's3:GetBucketLocation',
  's3:GetBucketLogging',
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketPolicy',
  's3:GetBucketRequestPayment',
  's3:GetBucketTagging',
  's3:GetBucketVersioning',
  's3:GetBucketWebsite',
  's3:GetEncryptionConfiguration',
  's3:GetLifecycleConfiguration',
  's3:GetReplicationConfiguration',
  's3:ListBucket',
  's3:ListTagsForResource',
];

/**
 * A row for every type of the AWS provider that the stacks of environments and shared zones can contain. Bootstrap's own types
 * have none: pipelines do not plan it.
 */
export const REFRESH_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  aws_acm_certificate: ['acm:DescribeCertificate', 'acm:ListTagsForCertificate'],
  aws_acm_certificate_validation: ['acm:DescribeCertificate'],
  aws_amplify_app: ['amplify:GetApp', 'amplify:ListTagsForResource'],
  aws_amplify_branch: ['amplify:GetBranch', 'amplify:ListTagsForResource'],
  aws_appautoscaling_policy: ['application-autoscaling:DescribeScalingPolicies'],
  aws_appautoscaling_target: APPLICATION_SCALING,
  aws_autoscaling_group: [...AUTO_SCALING_GROUP, 'ec2:DescribeLaunchTemplates'],
  aws_autoscaling_policy: ['autoscaling:DescribePolicies'],
  aws_backup_plan: ['backup:GetBackupPlan', 'backup:ListTags'],
  aws_backup_selection: ['backup:GetBackupSelection'],
  aws_backup_vault: ['backup:DescribeBackupVault', 'backup:ListTags'],
  aws_budgets_budget: ['billing:GetBillingViewData', 'budgets:ListTagsForResource', 'budgets:ViewBudget'],
  aws_cloudfront_cache_policy: ['cloudfront:GetCachePolicy'],
  aws_cloudfront_distribution: ['cloudfront:GetDistribution', 'cloudfront:ListTagsForResource'],
  // GetFunction returns the code, which the resource compares; it is the one that the repository contains.
  aws_cloudfront_function: ['cloudfront:DescribeFunction', 'cloudfront:GetFunction', 'cloudfront:ListTagsForResource'],
  aws_cloudfront_origin_access_control: ['cloudfront:GetOriginAccessControl'],
  aws_cloudfront_response_headers_policy: ['cloudfront:GetResponseHeadersPolicy'],
  aws_cloudfront_vpc_origin: ['cloudfront:GetVpcOrigin', 'cloudfront:ListTagsForResource'],
  aws_cloudwatch_dashboard: ['cloudwatch:GetDashboard'],
  aws_cloudwatch_event_rule: ['events:DescribeRule', 'events:ListTagsForResource'],
  aws_cloudwatch_event_target: ['events:ListTargetsByRule'],
  aws_cloudwatch_log_delivery: ['logs:GetDelivery', LOG_DELIVERY_TAGS],
  aws_cloudwatch_log_delivery_destination: ['logs:GetDeliveryDestination', LOG_DELIVERY_TAGS],
  aws_cloudwatch_log_delivery_source: ['logs:GetDeliverySource', LOG_DELIVERY_TAGS],
  aws_cloudwatch_log_group: ['logs:DescribeLogGroups', 'logs:ListTagsForResource'],
  aws_cloudwatch_log_resource_policy: ['logs:DescribeResourcePolicies'],
  aws_cloudwatch_metric_alarm: ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'],
  aws_codebuild_project: ['codebuild:BatchGetProjects'],
  aws_db_instance: ['rds:DescribeDBInstances', RDS_TAGS],
  aws_db_parameter_group: ['rds:DescribeDBParameterGroups', 'rds:DescribeDBParameters', RDS_TAGS],
  aws_db_subnet_group: ['rds:DescribeDBSubnetGroups', RDS_TAGS],
  aws_default_security_group: SECURITY_GROUP,
  aws_dlm_lifecycle_policy: ['dlm:GetLifecyclePolicy', 'dlm:ListTagsForResource'],
  aws_ebs_volume: ['ec2:DescribeVolumes'],
  aws_ecr_lifecycle_policy: ['ecr:GetLifecyclePolicy'],
  aws_ecr_repository: ['ecr:DescribeRepositories', 'ecr:ListTagsForResource'],
  aws_ecs_cluster: ['ecs:DescribeClusters', ECS_TAGS],
  aws_ecs_cluster_capacity_providers: ['ecs:DescribeClusters'],
  aws_ecs_service: [
    'ecs:DescribeServices',
    'ecs:DescribeServiceDeployments',
    'ecs:DescribeServiceRevisions',
    'ecs:DescribeTaskDefinition',
    'ecs:ListServiceDeployments',
    ECS_TAGS,
  ],
  aws_ecs_task_definition: ['ecs:DescribeTaskDefinition', ECS_TAGS],
  aws_efs_access_point: ['elasticfilesystem:DescribeAccessPoints', 'elasticfilesystem:ListTagsForResource'],
  aws_efs_backup_policy: ['elasticfilesystem:DescribeBackupPolicy'],
  aws_efs_file_system: [
    'elasticfilesystem:DescribeFileSystems',
    'elasticfilesystem:DescribeLifecycleConfiguration',
    'elasticfilesystem:ListTagsForResource',
  ],
  aws_efs_file_system_policy: ['elasticfilesystem:DescribeFileSystemPolicy'],
  aws_efs_mount_target: ['elasticfilesystem:DescribeMountTargets', 'elasticfilesystem:DescribeMountTargetSecurityGroups'],
  aws_eip: ['ec2:DescribeAddresses', 'ec2:DescribeAddressesAttribute'],
  aws_eip_association: ['ec2:DescribeAddresses'],
  aws_eks_access_entry: ['eks:DescribeAccessEntry', 'eks:ListTagsForResource'],
  aws_eks_access_policy_association: ['eks:ListAssociatedAccessPolicies'],
  aws_eks_addon: ['eks:DescribeAddon', 'eks:DescribePodIdentityAssociation', 'eks:ListTagsForResource'],
  aws_eks_cluster: ['eks:DescribeCluster', 'eks:ListTagsForResource'],
  aws_eks_node_group: ['eks:DescribeNodegroup', 'eks:ListTagsForResource'],
  aws_eks_pod_identity_association: ['eks:DescribePodIdentityAssociation', 'eks:ListTagsForResource'],
  aws_elasticache_parameter_group: [
    'elasticache:DescribeCacheParameterGroups',
    'elasticache:DescribeCacheParameters',
    ELASTICACHE_TAGS,
  ],
  aws_elasticache_replication_group: [
    'elasticache:DescribeReplicationGroups',
    'elasticache:DescribeCacheClusters',
    'elasticache:DescribeGlobalReplicationGroups',
    ELASTICACHE_TAGS,
  ],
  aws_elasticache_subnet_group: ['elasticache:DescribeCacheSubnetGroups', ELASTICACHE_TAGS],
  aws_flow_log: ['ec2:DescribeFlowLogs'],
  aws_iam_instance_profile: ['iam:GetInstanceProfile', 'iam:ListInstanceProfileTags', 'iam:GetRole'],
  aws_iam_role: ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:ListRoleTags'],
  aws_iam_role_policy: ['iam:GetRolePolicy'],
  aws_iam_role_policy_attachment: ['iam:ListAttachedRolePolicies'],
  // DescribeInstanceAttribute returns the user data, which the resource compares: it contains no secret.
  aws_instance: [
    'ec2:DescribeIamInstanceProfileAssociations',
    'ec2:DescribeImages',
    'ec2:DescribeInstanceAttribute',
    'ec2:DescribeInstanceCreditSpecifications',
    'ec2:DescribeInstanceTypes',
    'ec2:DescribeInstances',
    'ec2:DescribeLaunchTemplates',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeTags',
    'ec2:DescribeVolumes',
    'iam:GetInstanceProfile',
  ],
  aws_internet_gateway: ['ec2:DescribeInternetGateways'],
  aws_kms_alias: ['kms:ListAliases'],
  aws_kms_key: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags'],
  aws_launch_template: ['ec2:DescribeLaunchTemplates', 'ec2:DescribeLaunchTemplateVersions'],
  aws_lb: BALANCER,
  aws_lb_listener: [
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeListenerAttributes',
    'elasticloadbalancing:DescribeListenerCertificates',
    'elasticloadbalancing:DescribeTags',
  ],
  aws_lb_listener_rule: ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTags'],
  aws_lb_target_group: [
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'elasticloadbalancing:DescribeTags',
  ],
  aws_nat_gateway: ['ec2:DescribeNatGateways', 'ec2:DescribeAddresses'],
  aws_network_interface: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeNetworkInterfaceAttribute'],
  aws_route: ['ec2:DescribeRouteTables'],
  aws_route53_health_check: ['route53:GetHealthCheck', 'route53:ListTagsForResource'],
  aws_route53_record: ['route53:GetHostedZone', 'route53:ListResourceRecordSets', 'route53:GetChange'],
  aws_route53_zone: ['route53:GetHostedZone', 'route53:ListResourceRecordSets', 'route53:ListTagsForResource'],
  aws_route_table: ['ec2:DescribeRouteTables', 'ec2:DescribeVpcEndpoints', 'ec2:DescribeManagedPrefixLists'],
  aws_route_table_association: ['ec2:DescribeRouteTables'],
  aws_s3_bucket: BUCKET,
  aws_s3_bucket_lifecycle_configuration: ['s3:GetLifecycleConfiguration', 's3:ListBucket'],
  aws_s3_bucket_logging: ['s3:GetBucketLogging', 's3:ListBucket'],
  aws_s3_bucket_ownership_controls: ['s3:GetBucketOwnershipControls', 's3:ListBucket'],
  aws_s3_bucket_policy: ['s3:GetBucketPolicy', 's3:ListBucket'],
  aws_s3_bucket_public_access_block: ['s3:GetBucketPublicAccessBlock', 's3:ListBucket'],
  aws_s3_bucket_server_side_encryption_configuration: ['s3:GetEncryptionConfiguration', 's3:ListBucket'],
  aws_s3_bucket_versioning: ['s3:GetBucketVersioning', 's3:ListBucket'],
  // HeadObject is s3:GetObject, which the plan role has for exact objects.
  aws_s3_object: ['s3:GetObjectTagging', 's3:ListBucket'],
  aws_scheduler_schedule: ['scheduler:GetSchedule'],
  aws_secretsmanager_secret: ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy'],
  aws_secretsmanager_secret_rotation: ['secretsmanager:DescribeSecret'],
  // From 6.26 without GetSecretValue for write-only values, and Terrace writes no others.
  aws_secretsmanager_secret_version: ['secretsmanager:DescribeSecret', 'secretsmanager:ListSecretVersionIds'],
  aws_security_group: SECURITY_GROUP,
  aws_serverlessapplicationrepository_cloudformation_stack: ['cloudformation:DescribeStacks', 'serverlessrepo:GetApplication'],
  aws_sfn_state_machine: [
    'states:DescribeStateMachine',
    'states:DescribeStateMachineAlias',
    'states:ListStateMachineVersions',
    'states:ListTagsForResource',
  ],
  aws_sns_topic: ['sns:GetTopicAttributes', 'sns:ListTagsForResource'],
  aws_sns_topic_policy: ['sns:GetTopicAttributes'],
  aws_sns_topic_subscription: ['sns:GetSubscriptionAttributes'],
  aws_sqs_queue: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:ListQueueTags'],
  aws_sqs_queue_policy: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
  // The value is read with GetParameter, which the plan role has for image parameters and for AWS's own.
  aws_ssm_parameter: ['ssm:DescribeParameters', 'ssm:ListTagsForResource'],
  aws_subnet: ['ec2:DescribeSubnets'],
  aws_volume_attachment: ['ec2:DescribeInstances', 'ec2:DescribeVolumes'],
  aws_vpc: [...VPC_ATTRIBUTES, 'ec2:DescribeSecurityGroups'],
  aws_vpc_endpoint: [
    'ec2:DescribePrefixLists',
    'ec2:DescribeVpcEndpointAssociations',
    'ec2:DescribeVpcEndpoints',
    'ec2:DescribeVpcEndpointServices',
  ],
  aws_vpc_security_group_egress_rule: ['ec2:DescribeSecurityGroupRules'],
  aws_vpc_security_group_ingress_rule: ['ec2:DescribeSecurityGroupRules'],
  aws_wafv2_ip_set: ['wafv2:GetIPSet', 'wafv2:ListTagsForResource'],
  aws_wafv2_web_acl: ['wafv2:GetWebACL', 'wafv2:ListTagsForResource'],
  aws_wafv2_web_acl_association: [
    'wafv2:GetWebACL',
    'wafv2:GetWebACLForResource',
    'elasticloadbalancing:DescribeWebACLAssociation',
    'elasticloadbalancing:GetLoadBalancerWebACL',
  ],
  aws_wafv2_web_acl_logging_configuration: ['wafv2:GetLoggingConfiguration'],
  // Any principal may ask who it is.
  'data.aws_caller_identity': [],
  'data.aws_ec2_managed_prefix_list': ['ec2:DescribeManagedPrefixLists', 'ec2:GetManagedPrefixListEntries'],
  'data.aws_kms_key': ['kms:DescribeKey'],
  'data.aws_lb': BALANCER,
  'data.aws_route53_zone': [
    'route53:GetHostedZone',
    'route53:ListHostedZones',
    'route53:ListHostedZonesByName',
    'route53:ListResourceRecordSets',
    'route53:ListTagsForResource',
  ],
  'data.aws_ssm_parameter': ['ssm:DescribeParameters'],
};
