/** What the application inside a task may do, and who may take on its roles. Pure. */
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

/** ECS Exec: the agent beside the container talks to Session Manager and writes what was typed to the log group. */
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

/** Only tasks of this account and region take the roles on. Source: ECS developer guide, "Task IAM role". */
export function taskTrust({
  region,
  accountId,
}: Pick<PermissionContext, 'region' | 'accountId'>): NonNullable<Statement['conditions']> {
  return {
    StringEquals: { 'aws:SourceAccount': accountId },
    ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${region}:${accountId}:*` },
  };
}
