/** Permissions of ECS when it starts a task: pull its image, write its logs, read its secrets, each by exact ARN. Pure. */
import type { Statement } from '../../modules/iam/policy';
import { keyStatements, type PermissionContext } from '../../modules/containers/permission-statements';

export interface ExecutionRights {
  /** The private repositories of the task's images; empty for images of public registries. */
  readonly repositoryArns: readonly string[];
  readonly logGroupArn: string;
  /** Every secret that is injected into a container of the task; repetitions are dropped. */
  readonly secretArns: readonly string[];
}

/** The statements of an execution role. */
export function executionStatements(
  { repositoryArns, logGroupArn, secretArns }: ExecutionRights,
  context: Pick<PermissionContext, 'region' | 'handover'>,
): readonly Statement[] {
  return [
    ...(repositoryArns.length === 0 ? [] : pullStatements(repositoryArns)),
    { sid: 'WriteItsLogs', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logGroupArn}:*`] },
    ...(secretArns.length === 0 ? [] : secretStatements([...new Set(secretArns)], context)),
  ];
}

function pullStatements(repositoryArns: readonly string[]): readonly Statement[] {
  return [
    // The token has no resource; the next statement limits what it can be used for.
    { sid: 'LogInToTheRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    {
      sid: 'PullItsImage',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: repositoryArns,
    },
  ];
}

function secretStatements(
  secretArns: readonly string[],
  context: Pick<PermissionContext, 'region' | 'handover'>,
): readonly Statement[] {
  return [
    { sid: 'ReadItsSecrets', actions: ['secretsmanager:GetSecretValue'], resources: secretArns },
    ...keyStatements('secretsmanager', ['kms:Decrypt'], context),
  ];
}
