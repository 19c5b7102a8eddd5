/** The IAM permissions of the platform's controllers; those of the load balancer controller are in a separate file. Pure. */
import type { ResolvedContainer, ResolvedWorkloads, SecretSource } from '../../../config/resolved/environment';
import type { DataHandover } from '../../../contracts/handovers';
import { keyStatements } from '../../../modules/containers/permission-statements';
import { secretArn, variablesOfTask } from '../../../modules/containers/variable-values';
import type { Statement } from '../../../modules/iam/policy';

/** The parts of exact ARNs. */
export interface ClusterIdentity {
  readonly environment: string;
  /** The name from the description rather than the cluster's attribute, so that roles do not wait for the cluster. */
  readonly clusterName: string;
  readonly region: string;
  readonly accountId: string;
}

export function clusterArn({ clusterName, region, accountId }: ClusterIdentity): string {
  return `arn:aws:eks:${region}:${accountId}:cluster/${clusterName}`;
}

/**
 * The cluster autoscaler: sets the size of this cluster's node groups, which EKS tags for it.
 * Source: its AWS guide, "Full Cluster Autoscaler Features Policy".
 */
export function autoscalerStatements({ clusterName, region, accountId }: ClusterIdentity): readonly Statement[] {
  return [
    {
      sid: 'Look',
      // These actions support no resource.
      actions: [
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:DescribeAutoScalingInstances',
        'autoscaling:DescribeLaunchConfigurations',
        'autoscaling:DescribeScalingActivities',
        'autoscaling:DescribeTags',
        'ec2:DescribeImages',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeLaunchTemplateVersions',
        'ec2:GetInstanceTypesFromInstanceRequirements',
      ],
      resources: ['*'],
    },
    {
      sid: 'LookAtNodeGroups',
      actions: ['eks:DescribeNodegroup'],
      resources: [`arn:aws:eks:${region}:${accountId}:nodegroup/${clusterName}/*/*`],
    },
    {
      sid: 'SizeOwnGroups',
      actions: ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
      resources: [`arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/eks-*`],
      conditions: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: 'owned' } },
    },
  ];
}

interface SecretsContext {
  readonly region: string;
  readonly handover: DataHandover;
}

/** External Secrets: reads the secrets that containers get as variables, and no others. */
export function externalSecretsStatements(
  containers: readonly ResolvedContainer[],
  context: SecretsContext,
): readonly Statement[] {
  const sources = containers.flatMap(variablesOfTask).flatMap(({ secrets }) => Object.values(secrets));
  if (sources.length === 0) return [];
  return [
    {
      sid: 'ReadInjectedSecrets',
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      resources: inOrder(sources.map((source) => [nameOfSource(source), secretArn(source, context.handover)])),
    },
    ...keyStatements('secretsmanager', ['kms:Decrypt'], context),
  ];
}

function nameOfSource(source: SecretSource): string {
  switch (source.kind) {
    case 'secret':
      return `secret ${source.secret}`;
    case 'database-role':
      return `database-role ${source.role}`;
    case 'database-master':
      return source.kind;
  }
}

/** The ARNs of named resources in the order of the names, each once: an ARN may be an expression, which has no order. */
function inOrder(named: readonly (readonly [name: string, arn: string])[]): readonly string[] {
  return [...new Map([...named].sort(([one], [other]) => (one < other ? -1 : 1))).values()];
}

/** KEDA: reads the length of the queues that workers scale on. */
export function kedaStatements({ workers }: Pick<ResolvedWorkloads, 'workers'>, { queues }: DataHandover): readonly Statement[] {
  const named = workers.flatMap(({ name, scaling }) => {
    if (scaling?.kind !== 'queue') return [];
    const arn = queues[scaling.queue]?.arn;
    if (arn === undefined) throw new Error(`${name} scales on the queue "${scaling.queue}", which the data stack does not hold`);
    return [[scaling.queue, arn] as const];
  });
  return named.length === 0 ? [] : [{ sid: 'CountMessages', actions: ['sqs:GetQueueAttributes'], resources: inOrder(named) }];
}

/** The log collector: writes to the log groups of workloads and platform, and creates none. */
export function logCollectorStatements(groupArns: readonly string[]): readonly Statement[] {
  return [
    {
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: groupArns.map((arn) => `${arn}:*`),
    },
  ];
}
