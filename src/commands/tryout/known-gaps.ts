/**
 * Known gaps of emulators, measured with the versions named here. A gap is reported as such: neither hidden nor counted as a
 * fault of the environment.
 */
import type { LeaveOut } from './leave-out';

/**
 * - `unsupported`: nothing that refers to it could be planned, so it is left out, and references get fixed values.
 * - `create`: its creation fails, and so does every later plan that reads it.
 * - `drift`: a second plan would change it although nothing has changed.
 * - `destroy`: it cannot be destroyed.
 */
export type GapKind = 'unsupported' | 'create' | 'drift' | 'destroy';

/** One gap of an emulator. */
export interface Gap {
  /** A resource type, or `data.<type>`. */
  readonly type: string;
  readonly kind: GapKind;
  readonly reason: string;
  readonly standIns?: LeaveOut['standIns'];
  /** With `unsupported`: only where the argument starts with this. @default everywhere */
  readonly where?: { readonly argument: string; readonly startsWith: string };
  /** Part of the error message, for errors in which terraform does not name the resource. */
  readonly message?: string;
  /** With `drift`: the arguments. @default any */
  readonly attributes?: readonly string[];
}

/** An emulator, as measured. */
export interface EmulatorFacts {
  readonly name: string;
  readonly version: string;
  readonly gaps: readonly Gap[];
}

const MOTO: EmulatorFacts = {
  name: 'moto',
  version: '5.2.5',
  gaps: [
    {
      type: 'aws_elasticache_replication_group',
      kind: 'unsupported',
      reason: 'creates no cache clusters for a replication group, which the provider then does not find',
      standIns: { primary_endpoint_address: 'cache.left-out.internal' },
    },
    {
      type: 'aws_elasticache_parameter_group',
      kind: 'unsupported',
      reason: 'CreateCacheParameterGroup is not implemented',
      standIns: { name: null, id: null },
    },
    {
      type: 'aws_serverlessapplicationrepository_cloudformation_stack',
      kind: 'unsupported',
      reason: 'the Serverless Application Repository is not implemented',
      standIns: { outputs: 'arn:aws:lambda:us-east-1:123456789012:function:left-out' },
    },
    {
      type: 'aws_sfn_state_machine',
      kind: 'unsupported',
      reason: 'ValidateStateMachineDefinition, which the provider calls during a plan, is not implemented',
      standIns: {
        arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:left-out',
        id: 'arn:aws:states:us-east-1:123456789012:stateMachine:left-out',
      },
    },
    {
      type: 'aws_secretsmanager_secret_rotation',
      kind: 'unsupported',
      reason: 'the rotation function it needs is left out, and a managed one cannot be cancelled again',
    },
    {
      type: 'aws_appautoscaling_target',
      kind: 'unsupported',
      reason: 'ListTagsForResource of Application Auto Scaling is not implemented',
    },
    { type: 'aws_appautoscaling_policy', kind: 'unsupported', reason: 'the scalable target it needs is left out' },
    {
      type: 'aws_cloudfront_response_headers_policy',
      kind: 'unsupported',
      reason: 'CreateResponseHeadersPolicy is not implemented',
      standIns: { id: null },
    },
    {
      type: 'aws_cloudfront_cache_policy',
      kind: 'unsupported',
      reason: 'CreateCachePolicy is not implemented',
      // AWS's "CachingOptimized".
      standIns: { id: '658327ea-f89d-4fab-a63d-7e88639e58f6' },
    },
    {
      type: 'aws_cloudfront_vpc_origin',
      kind: 'unsupported',
      reason: 'CreateVpcOrigin is not implemented',
      standIns: { id: 'vo_left-out' },
    },
    {
      type: 'data.aws_ssm_parameter',
      kind: 'unsupported',
      where: { argument: 'name', startsWith: '/aws/service/canonical/' },
      reason: "has AWS's public parameters, but not Canonical's",
      standIns: { value: 'ami-12c6146b', insecure_value: 'ami-12c6146b' },
    },
    {
      type: 'data.aws_ssm_parameter',
      kind: 'unsupported',
      where: { argument: 'name', startsWith: '/aws/service/eks/' },
      reason: "has AWS's public parameters of other images, but not those of EKS nodes",
      standIns: { value: '1.35.0-20261112', insecure_value: '1.35.0-20261112' },
    },
    { type: 'aws_dlm_lifecycle_policy', kind: 'unsupported', reason: 'the Data Lifecycle Manager is not implemented' },
    {
      type: 'aws_s3_bucket_logging',
      kind: 'create',
      reason: 'fails for a target bucket whose policy has the principal "*"',
    },
    { type: 'aws_amplify_app', kind: 'unsupported', reason: 'Amplify is not implemented' },
    { type: 'aws_amplify_branch', kind: 'unsupported', reason: 'Amplify is not implemented' },
    { type: 'aws_amplify_domain_association', kind: 'unsupported', reason: 'Amplify is not implemented' },
    {
      type: 'aws_vpc_security_group_ingress_rule',
      kind: 'drift',
      attributes: ['description'],
      reason: 'loses the description of a rule that names another security group',
    },
    {
      type: 'aws_vpc_security_group_egress_rule',
      kind: 'drift',
      attributes: ['description'],
      reason: 'loses the description of a rule that names another security group',
    },
    {
      type: 'aws_db_parameter_group',
      kind: 'drift',
      attributes: ['parameter'],
      reason: 'does not read back how a parameter is applied',
    },
    {
      type: 'aws_db_instance',
      kind: 'drift',
      attributes: ['performance_insights_enabled', 'performance_insights_kms_key_id', 'performance_insights_retention_period'],
      reason: 'does not keep Performance Insights',
    },
    {
      type: 'aws_ecs_service',
      kind: 'drift',
      attributes: [
        'availability_zone_rebalancing',
        'capacity_provider_strategy',
        'deployment_controller',
        'enable_ecs_managed_tags',
        'enable_execute_command',
        'health_check_grace_period_seconds',
        'tags',
      ],
      reason: 'does not keep these arguments of a service',
    },
    {
      type: 'aws_cloudfront_distribution',
      kind: 'drift',
      attributes: ['default_cache_behavior', 'ordered_cache_behavior', 'viewer_certificate'],
      reason: "adds forwarded values to a behavior that has a cache policy, and CloudFront's certificate to an alias's",
    },
    {
      type: 'aws_budgets_budget',
      kind: 'create',
      reason: 'DescribeSubscribersForNotification is not implemented, so that the provider cannot read a budget',
    },
    { type: 'aws_efs_backup_policy', kind: 'create', reason: 'PutBackupPolicy is not implemented' },
    {
      type: 'aws_efs_file_system_policy',
      kind: 'destroy',
      message: 'DeleteFileSystemPolicy',
      reason: 'DeleteFileSystemPolicy is not implemented',
    },
    {
      type: 'aws_elasticache_subnet_group',
      kind: 'destroy',
      message: 'DeleteCacheSubnetGroup',
      reason: 'DeleteCacheSubnetGroup is not implemented',
    },
  ],
};

export const EMULATORS = { moto: MOTO } as const satisfies Readonly<Record<string, EmulatorFacts>>;
