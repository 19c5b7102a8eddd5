/** Permissions of the application inside a task, and who may assume its roles. Pure. */
import type { ResolvedContainer } from '../../config/resolved/environment';
import { containerStatements, type PermissionContext } from '../../modules/containers/permission-statements';
import type { Statement } from '../../modules/iam/policy';

/** The statements of a task role. */
export function taskStatements(
  container: ResolvedContainer,
  context: PermissionContext,
  execLogGroupArn?: string,
): readonly Statement[] {
  return [
    ...containerStatements(container, context),
    ...(execLogGroupArn === undefined ? [] : execStatements(execLogGroupArn, context)),
  ];
}

/**
 * Task scale-in protection: the container asks the ECS agent of its task, which calls ECS with the role of the task. The ARN of
 * a task is known only when it runs, so the statement names the tasks of the cluster; the agent changes its own task only.
 * Source: ECS developer guide, "Task scale-in protection endpoint".
 */
export function protectionStatements({
  region,
  accountId,
  clusterName,
}: Pick<PermissionContext, 'region' | 'accountId'> & { readonly clusterName: string }): readonly Statement[] {
  return [
    {
      sid: 'ProtectItselfWhileBusy',
      actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
      resources: [`arn:aws:ecs:${region}:${accountId}:task/${clusterName}/*`],
    },
  ];
}

/** ECS Exec: the agent in the task connects to Session Manager and writes what was typed to the log group. */
function execStatements(logGroupArn: string, { region, accountId }: PermissionContext): readonly Statement[] {
  return [
    {
      sid: 'OpenAShell',
      // Session Manager's channels have no ARNs.
      actions: [
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      resources: ['*'],
    },
    {
      sid: 'FindTheShellLog',
      actions: ['logs:DescribeLogGroups'],
      resources: [`arn:aws:logs:${region}:${accountId}:log-group:*`],
    },
    {
      sid: 'LogTheShell',
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [`${logGroupArn}:*`],
    },
  ];
}

/** Only tasks of this account and region assume the roles. Source: ECS developer guide, "Task IAM role". */
export function taskTrust({
  region,
  accountId,
}: Pick<PermissionContext, 'region' | 'accountId'>): NonNullable<Statement['conditions']> {
  return {
    StringEquals: { 'aws:SourceAccount': accountId },
    ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${region}:${accountId}:*` },
  };
}
