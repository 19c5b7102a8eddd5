/** What ECS itself may do to start a task: pull its image, write its logs, read its secrets, each by exact ARN. Pure. */
import type { Statement } from '../../modules/iam/policy';
import { keyStatements, type PermissionContext } from '../../modules/containers/permission-statements';

export interface ExecutionRights {
  /** The repository of the image; none for images of public registries. */
  readonly repositoryArn?: string;
  readonly logGroupArn: string;
  /** Of every secret that a container of the task gets injected; repetitions are dropped. */
  readonly secretArns: readonly string[];
}

/** The statements of an execution role. */
export function executionStatements(
  { repositoryArn, logGroupArn, secretArns }: ExecutionRights,
  context: Pick<PermissionContext, 'region' | 'handover'>,
): readonly Statement[] {
  return [
    ...(repositoryArn === undefined ? [] : pullStatements(repositoryArn)),
    { sid: 'WriteItsLogs', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logGroupArn}:*`] },
    ...(secretArns.length === 0 ? [] : secretStatements([...new Set(secretArns)], context)),
  ];
}

function pullStatements(repositoryArn: string): readonly Statement[] {
  return [
    // AWS knows no resource for the token; what it opens is what the next statement allows.
    { sid: 'LogInToTheRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    {
      sid: 'PullItsImage',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [repositoryArn],
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
