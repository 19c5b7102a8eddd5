/** What AWS accepts as names: by resource type and argument, from the API reference of each service. */
import type { RootModule } from './synth';

interface NameLimit {
  readonly most: number;
  readonly form: RegExp;
  /** The operation and parameter of the API reference that says so. */
  readonly source: string;
}

const limit = (most: number, form: RegExp, source: string): NameLimit => ({ most, form, source });

const IAM_NAME = /^[\w+=,.@-]+$/;
const PLAIN = /^[A-Za-z0-9-]+$/;
const WORD = /^[A-Za-z0-9_-]+$/;
const LOG_GROUP = /^[.\-_/#A-Za-z0-9]+$/;

/** `<resource type>.<argument>`. */
export const NAME_LIMITS_OF: Readonly<Record<string, NameLimit>> = {
  'aws_amplify_app.name': limit(255, /^[^\n]+$/, 'Amplify CreateApp, name'),
  'aws_autoscaling_group.name': limit(255, /^[^:]+$/, 'EC2 Auto Scaling CreateAutoScalingGroup, AutoScalingGroupName'),
  'aws_backup_plan.name': limit(50, /^[a-zA-Z0-9\-_.]+$/, 'AWS Backup CreateBackupPlan, BackupPlanName'),
  'aws_backup_restore_testing_plan.name': limit(50, /^\w+$/, 'AWS Backup CreateRestoreTestingPlan, RestoreTestingPlanName'),
  'aws_backup_restore_testing_selection.name': limit(
    50,
    /^\w+$/,
    'AWS Backup CreateRestoreTestingSelection, RestoreTestingSelectionName',
  ),
  'aws_backup_vault.name': limit(50, /^[a-zA-Z0-9\-_]{2,50}$/, 'AWS Backup CreateBackupVault, BackupVaultName'),
  'aws_budgets_budget.name': limit(100, /^[^:\\]+$/, 'AWS Budgets CreateBudget, BudgetName'),
  'aws_cloudfront_cache_policy.name': limit(128, WORD, 'CloudFront CreateCachePolicy, Name'),
  'aws_cloudfront_function.name': limit(64, WORD, 'CloudFront CreateFunction, Name'),
  'aws_cloudfront_origin_access_control.name': limit(64, /^[^\n]+$/, 'CloudFront CreateOriginAccessControl, Name'),
  'aws_cloudfront_response_headers_policy.name': limit(128, WORD, 'CloudFront CreateResponseHeadersPolicy, Name'),
  'aws_cloudwatch_dashboard.dashboard_name': limit(255, WORD, 'CloudWatch PutDashboard, DashboardName'),
  'aws_cloudwatch_event_rule.name': limit(64, /^[.\-_A-Za-z0-9]+$/, 'EventBridge PutRule, Name'),
  'aws_cloudwatch_log_group.name': limit(512, LOG_GROUP, 'CloudWatch Logs CreateLogGroup, logGroupName'),
  'aws_cloudwatch_metric_alarm.alarm_name': limit(255, /^[^\n]+$/, 'CloudWatch PutMetricAlarm, AlarmName'),
  'aws_codebuild_project.name': limit(150, /^[A-Za-z0-9][A-Za-z0-9\-_]{1,149}$/, 'CodeBuild CreateProject, name'),
  'aws_db_instance.identifier': limit(63, /^[a-z](?!.*--)[a-z0-9-]*[a-z0-9]$/, 'RDS CreateDBInstance, DBInstanceIdentifier'),
  'aws_db_instance.db_name': limit(63, /^[A-Za-z_][A-Za-z0-9_]*$/, 'RDS CreateDBInstance, DBName'),
  'aws_db_subnet_group.name': limit(255, /^[a-z0-9 _.-]+$/, 'RDS CreateDBSubnetGroup, DBSubnetGroupName'),
  'aws_dynamodb_table.name': limit(255, /^[a-zA-Z0-9_.-]{3,255}$/, 'DynamoDB CreateTable, TableName'),
  'aws_ecr_repository.name': limit(
    256,
    /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    'ECR CreateRepository, repositoryName',
  ),
  'aws_ecs_cluster.name': limit(255, WORD, 'ECS CreateCluster, clusterName'),
  'aws_ecs_service.name': limit(255, WORD, 'ECS CreateService, serviceName'),
  'aws_ecs_task_definition.family': limit(255, WORD, 'ECS RegisterTaskDefinition, family'),
  'aws_eks_cluster.name': limit(100, /^[0-9A-Za-z][A-Za-z0-9\-_]*$/, 'EKS CreateCluster, name'),
  'aws_eks_node_group.node_group_name': limit(63, /^[0-9A-Za-z][A-Za-z0-9\-_]*$/, 'EKS CreateNodegroup, nodegroupName'),
  'aws_elasticache_parameter_group.name': limit(
    255,
    /^[a-z](?!.*--)[a-z0-9-]*[a-z0-9]$/,
    'ElastiCache CreateCacheParameterGroup',
  ),
  'aws_elasticache_replication_group.replication_group_id': limit(
    40,
    /^[a-z](?!.*--)[a-z0-9-]*[a-z0-9]$/,
    'ElastiCache CreateReplicationGroup',
  ),
  'aws_elasticache_subnet_group.name': limit(255, /^[a-z0-9-]+$/, 'ElastiCache CreateCacheSubnetGroup'),
  'aws_iam_instance_profile.name': limit(128, IAM_NAME, 'IAM CreateInstanceProfile, InstanceProfileName'),
  'aws_iam_policy.name': limit(128, IAM_NAME, 'IAM CreatePolicy, PolicyName'),
  'aws_iam_role.name': limit(64, IAM_NAME, 'IAM CreateRole, RoleName'),
  'aws_iam_role_policy.name': limit(128, IAM_NAME, 'IAM PutRolePolicy, PolicyName'),
  'aws_kms_alias.name': limit(256, /^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/, 'KMS CreateAlias, AliasName'),
  'aws_lambda_function.function_name': limit(64, WORD, 'Lambda CreateFunction, FunctionName'),
  'aws_launch_template.name': limit(128, /^[a-zA-Z0-9()./_]+[a-zA-Z0-9()./_-]+$/, 'EC2 CreateLaunchTemplate, LaunchTemplateName'),
  'aws_lb.name': limit(32, /^(?!internal-)(?!-)[A-Za-z0-9-]+(?<!-)$/, 'Elastic Load Balancing CreateLoadBalancer, Name'),
  'aws_lb_target_group.name': limit(32, /^(?!-)[A-Za-z0-9-]+(?<!-)$/, 'Elastic Load Balancing CreateTargetGroup, Name'),
  'aws_route53_record.name': limit(255, /^[a-z0-9._*-]+$/, 'Route 53 developer guide, DNS domain name format'),
  'aws_s3_bucket.bucket': limit(63, /^[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]$/, 'Amazon S3 user guide, bucket naming rules'),
  'aws_scheduler_schedule.name': limit(64, /^[0-9a-zA-Z-_.]+$/, 'EventBridge Scheduler CreateSchedule, Name'),
  'aws_secretsmanager_secret.name': limit(512, /^[A-Za-z0-9/_+=.@-]+$/, 'Secrets Manager CreateSecret, Name'),
  'aws_secretsmanager_secret.description': limit(2048, /^[^]*$/, 'Secrets Manager CreateSecret, Description'),
  'aws_security_group.name': limit(255, /^(?!sg-)[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/, 'EC2 CreateSecurityGroup, GroupName'),
  'aws_sfn_state_machine.name': limit(80, WORD, 'Step Functions CreateStateMachine, name'),
  'aws_sns_topic.name': limit(256, /^[A-Za-z0-9_-]+(?:\.fifo)?$/, 'SNS CreateTopic, Name'),
  'aws_sqs_queue.name': limit(80, /^[A-Za-z0-9_-]+(?:\.fifo)?$/, 'SQS CreateQueue, QueueName'),
  'aws_ssm_parameter.name': limit(1011, /^(?!\/?(?:aws|ssm))[a-zA-Z0-9_.\-/]+$/i, 'Systems Manager PutParameter, Name'),
  'aws_wafv2_web_acl.name': limit(128, WORD, 'WAFV2 CreateWebACL, Name'),
  'cloudflare_pages_project.name': limit(58, PLAIN, 'Cloudflare API, Pages, Create Project'),
};

/** The names of a module that AWS refuses; what contains an expression is known only to Terraform. */
export function refusedNames(module: RootModule): readonly string[] {
  return Object.entries(module.resource ?? {}).flatMap(([type, resources]) =>
    Object.entries(resources).flatMap(([id, resource]) =>
      Object.entries(resource).flatMap(([argument, value]) => {
        const known = NAME_LIMITS_OF[`${type}.${argument}`];
        if (known === undefined || typeof value !== 'string' || value.includes('${')) return [];
        const fits = value.length <= known.most && known.form.test(value);
        return fits ? [] : [`${type}.${id}.${argument} = ${JSON.stringify(value.slice(0, 300))} (${known.source})`];
      }),
    ),
  );
}
