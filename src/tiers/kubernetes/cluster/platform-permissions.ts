/** What the controllers of the platform may do with AWS, apart from the load balancer controller. Pure. */
import type { ResolvedContainer, ResolvedWorker, ResolvedWorkloads } from '../../../config/resolved/environment';
import type { DataHandover } from '../../../contracts/handovers';
import { keyStatements } from '../../../modules/containers/permission-statements';
import { secretArn } from '../../../modules/containers/variable-values';
import type { Statement } from '../../../modules/iam/policy';
import type { ClusterPlace } from './place';

/**
 * The cluster autoscaler: sets the size of this cluster's groups, which EKS tags for it.
 * Source: its AWS guide, "Full Cluster Autoscaler Features Policy".
 */
export function autoscalerStatements({ clusterName, region, accountId }: ClusterPlace): readonly Statement[] {
  return [
    {
      sid: 'Look',
      // None of these take a resource.
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

/** External Secrets: reads what is injected into some container, and no other secret. */
export function externalSecretsStatements(
  containers: readonly ResolvedContainer[],
  context: SecretsContext,
): readonly Statement[] {
  const arns = containers.flatMap(({ variables }) =>
    Object.values(variables.secrets).map((source) => secretArn(source, context.handover)),
  );
  if (arns.length === 0) return [];
  return [
    {
      sid: 'ReadInjectedSecrets',
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      resources: [...new Set(arns)].sort(),
    },
    ...keyStatements('secretsmanager', ['kms:Decrypt'], context),
  ];
}

/** KEDA: counts the messages that wait in the queues which workers scale on. */
export function kedaStatements({ workers }: Pick<ResolvedWorkloads, 'workers'>, { queues }: DataHandover): readonly Statement[] {
  const arns = workers.flatMap((worker) => queueArn(worker, queues) ?? []);
  return arns.length === 0
    ? []
    : [{ sid: 'CountMessages', actions: ['sqs:GetQueueAttributes'], resources: [...new Set(arns)].sort() }];
}

function queueArn({ name, scaling }: ResolvedWorker, queues: DataHandover['queues']): string | undefined {
  if (scaling === undefined || !('queue' in scaling)) return undefined;
  const arn = queues[scaling.queue]?.arn;
  if (arn === undefined) throw new Error(`${name} scales on the queue "${scaling.queue}", which the data stack does not hold`);
  return arn;
}

/** The log collector: writes to the groups of workloads and of the platform; it makes none. */
export function logCollectorStatements(groupArns: readonly string[]): readonly Statement[] {
  return [
    {
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: groupArns.map((arn) => `${arn}:*`),
    },
  ];
}
