/**
 * What emulators are known not to do, measured with the versions named here. A gap is reported as such: it is neither
 * hidden nor counted as a fault of the environment.
 */
import type { LeaveOut } from './leave-out';

/**
 * - `cannot`: without it nothing else could be planned or applied, so it is left out, with stand-ins where others read it.
 * - `create`: its creation fails.
 * - `drift`: a second plan wants to change it although nothing happened.
 * - `destroy`: it cannot be destroyed.
 */
export type GapKind = 'cannot' | 'create' | 'drift' | 'destroy';

/** One thing that an emulator does not do. */
export interface Gap {
  /** A resource type, or `data.<type>`. */
  readonly type: string;
  readonly kind: GapKind;
  readonly reason: string;
  readonly standIns?: LeaveOut['standIns'];
  /** With `cannot`: only where the argument begins so. @default everywhere */
  readonly where?: { readonly argument: string; readonly startsWith: string };
  /** What an error says that belongs to it: terraform does not always name the resource. */
  readonly says?: string;
  /** With `drift`: in which arguments. @default any */
  readonly attributes?: readonly string[];
}

/** An emulator as it was measured. */
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
      kind: 'cannot',
      reason: 'makes no cache clusters for a replication group, which the provider then does not find',
      standIns: { primary_endpoint_address: 'cache.left-out.internal' },
    },
    {
      type: 'aws_elasticache_parameter_group',
      kind: 'cannot',
      reason: 'CreateCacheParameterGroup is not implemented',
      standIns: { name: null, id: null },
    },
    {
      type: 'aws_serverlessapplicationrepository_cloudformation_stack',
      kind: 'cannot',
      reason: 'the Serverless Application Repository is not implemented',
      standIns: { outputs: 'arn:aws:lambda:us-east-1:123456789012:function:left-out' },
    },
    {
      type: 'aws_sfn_state_machine',
      kind: 'cannot',
      reason: 'ValidateStateMachineDefinition, which the provider asks during a plan, is not implemented',
      standIns: {
        arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:left-out',
        id: 'arn:aws:states:us-east-1:123456789012:stateMachine:left-out',
      },
    },
    {
      type: 'aws_secretsmanager_secret_rotation',
      kind: 'cannot',
      reason: 'the rotation function it needs is left out, and a managed one cannot be cancelled again',
    },
    {
      type: 'aws_appautoscaling_target',
      kind: 'cannot',
      reason: 'ListTagsForResource of Application Auto Scaling is not implemented',
    },
    { type: 'aws_appautoscaling_policy', kind: 'cannot', reason: 'the scalable target it needs is left out' },
    {
      type: 'aws_cloudfront_response_headers_policy',
      kind: 'cannot',
      reason: 'CreateResponseHeadersPolicy is not implemented',
      standIns: { id: null },
    },
    {
      type: 'data.aws_ssm_parameter',
      kind: 'cannot',
      where: { argument: 'name', startsWith: '/aws/service/canonical/' },
      reason: "has AWS's own public parameters, but not Canonical's",
      standIns: { value: 'ami-12c6146b', insecure_value: 'ami-12c6146b' },
    },
    { type: 'aws_dlm_lifecycle_policy', kind: 'cannot', reason: 'the Data Lifecycle Manager is not implemented' },
    {
      type: 'aws_s3_bucket_logging',
      kind: 'create',
      reason: 'stumbles over a target bucket whose policy has the principal "*"',
    },
    { type: 'aws_amplify_app', kind: 'cannot', reason: 'Amplify is not implemented' },
    { type: 'aws_amplify_branch', kind: 'cannot', reason: 'Amplify is not implemented' },
    { type: 'aws_amplify_domain_association', kind: 'cannot', reason: 'Amplify is not implemented' },
    {
      type: 'aws_vpc_security_group_ingress_rule',
      kind: 'drift',
      attributes: ['description'],
      reason: 'forgets the description of a rule that names another security group',
    },
    {
      type: 'aws_vpc_security_group_egress_rule',
      kind: 'drift',
      attributes: ['description'],
      reason: 'forgets the description of a rule that names another security group',
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
      attributes: ['performance_insights_enabled', 'performance_insights_retention_period'],
      reason: 'does not keep Performance Insights',
    },
    {
      type: 'aws_elasticache_subnet_group',
      kind: 'destroy',
      says: 'DeleteCacheSubnetGroup',
      reason: 'DeleteCacheSubnetGroup is not implemented',
    },
  ],
};

export const EMULATORS = { moto: MOTO } as const satisfies Readonly<Record<string, EmulatorFacts>>;
