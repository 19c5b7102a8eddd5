/**
 * What the host may do with AWS: its configuration, its backups, its containers' secrets, images and logs, each by exact
 * ARN, and whatever its containers declare. Pure.
 *
 * Containers of one host share its role: IMDS cannot tell them apart. What one may do, all may do; on Fargate each has its
 * own.
 */
import type { ResolvedContainer, ResolvedData, ResolvedWorkloads } from '../../config/resolved/environment';
import type { DataHandover } from '../../contracts/handovers';
import { METRICS_NAMESPACE } from '../../contracts/host-metrics';
import { containerStatements, keyStatements, type PermissionContext } from '../../modules/containers/permission-statements';
import { secretArn } from '../../modules/containers/variable-values';
import { pinnedImage } from '../../modules/containers/images';
import type { Statement } from '../../modules/iam/policy';

/** Where dumps and files lie in the backup bucket; the host reaches no other object of it. */
export const BACKUP_PREFIXES = ['database', 'application'] as const;

export interface HostRights {
  readonly context: PermissionContext & { readonly data: ResolvedData };
  readonly workloads: ResolvedWorkloads;
  /** The object that it pulls. */
  readonly configuration: { readonly bucketArn: string; readonly key: string };
  /** The declared bucket that backups go to. */
  readonly backupBucket: string;
  /** Declared secrets that it logs in to registries with. */
  readonly registrySecrets: readonly string[];
  /** The group of the host's own logs. */
  readonly logGroup: string;
}

/** The statements of the host's role. */
export function hostStatements(rights: HostRights): readonly Statement[] {
  const containers = containersOf(rights.workloads);
  return distinct([
    ...configurationStatements(rights),
    ...backupStatements(rights),
    ...secretStatements(rights, containers),
    ...imageStatements(rights, containers),
    ...logStatements(rights, containers),
    ...monitoringStatements(),
    ...sessionStatements(rights),
    ...containers.flatMap((container) => containerStatements(container, rights.context)),
  ]);
}

const containersOf = ({ services, workers, jobs }: ResolvedWorkloads): readonly ResolvedContainer[] => [
  ...services,
  ...workers,
  ...jobs,
];

function configurationStatements({ configuration: { bucketArn, key } }: HostRights): readonly Statement[] {
  return [{ sid: 'PullItsConfiguration', actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [`${bucketArn}/${key}`] }];
}

/** It adds and reads backups, and deletes none: the bucket's lifecycle does that. */
function backupStatements({ context, backupBucket }: HostRights): readonly Statement[] {
  const { arn } = present(context.handover.buckets[backupBucket], `the bucket "${backupBucket}"`);
  const encrypted = context.data.buckets.some(({ key, encryption }) => key === backupBucket && encryption === 'kms');
  return [
    {
      sid: 'KeepBackups',
      actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
      resources: BACKUP_PREFIXES.map((prefix) => `${arn}/${prefix}/*`),
    },
    {
      sid: 'FindBackups',
      actions: ['s3:ListBucket'],
      resources: [arn],
      conditions: { StringLike: { 's3:prefix': BACKUP_PREFIXES.map((prefix) => `${prefix}/*`) } },
    },
    ...(encrypted ? keyStatements('s3', ['kms:Decrypt', 'kms:GenerateDataKey'], context) : []),
  ];
}

/** What containers get injected, and what the host itself logs in to the database with. */
function secretStatements(
  { context, registrySecrets }: HostRights,
  containers: readonly ResolvedContainer[],
): readonly Statement[] {
  const { data, handover } = context;
  const injected = containers.flatMap(({ variables }) =>
    Object.values(variables.secrets).map((source) => secretArn(source, handover)),
  );
  const own = data.database === undefined ? [] : databaseSecrets(handover);
  const logins = registrySecrets.map((key) => present(handover.secrets[key], `the secret "${key}"`).arn);
  const arns = [...new Set([...injected, ...own, ...logins])];
  if (arns.length === 0) return [];
  return [
    { sid: 'ReadItsSecrets', actions: ['secretsmanager:GetSecretValue'], resources: arns },
    ...keyStatements('secretsmanager', ['kms:Decrypt'], context),
  ];
}

function databaseSecrets({ database }: DataHandover): readonly string[] {
  const { masterSecretArn, roleSecretArns = {} } = database ?? {};
  return [...Object.values(roleSecretArns), ...(masterSecretArn === undefined ? [] : [masterSecretArn])];
}

function imageStatements({ context }: HostRights, containers: readonly ResolvedContainer[]): readonly Statement[] {
  const { region, accountId, data, handover } = context;
  const declared = containers.flatMap(({ image }) => (image.kind === 'declared' ? [image.key] : []));
  const pinned = containers.flatMap(({ image }) => (image.kind === 'pinned' ? [pinnedImage(image.reference).repositoryArn] : []));
  const keys = [...new Set(declared)];
  const parameters = keys.map(
    (key) =>
      present(
        data.images.find((image) => image.key === key),
        `the image "${key}"`,
      ).parameterName,
  );
  const repositories = [...keys.map((key) => present(handover.images[key], `the image "${key}"`).repositoryArn), ...pinned];
  const arns = [...new Set(repositories.filter((arn) => arn !== undefined))];
  return [
    ...(parameters.length === 0
      ? []
      : [
          {
            sid: 'KnowItsImages',
            actions: ['ssm:GetParameter', 'ssm:GetParameters'],
            resources: parameters.map((name) => `arn:aws:ssm:${region}:${accountId}:parameter${name}`),
          },
        ]),
    ...(arns.length === 0
      ? []
      : [
          // AWS knows no resource for the token; what it opens is what the next statement allows.
          { sid: 'LogInToTheRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
          {
            sid: 'PullItsImages',
            actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
            resources: arns,
          },
        ]),
  ];
}

function logStatements({ context, logGroup }: HostRights, containers: readonly ResolvedContainer[]): readonly Statement[] {
  const names = new Set([...containers.map(({ logs }) => logs.group), logGroup]);
  const arns = context.data.logGroups
    .filter(({ name }) => names.has(name))
    .map(({ key }) => context.handover.logGroups[key]?.arn);
  const known = arns.filter((arn) => arn !== undefined);
  if (known.length < names.size)
    throw new Error(`the host logs to ${[...names].join(', ')}, not all of which the data stack holds`);
  return [
    {
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: known.map((arn) => `${arn}:*`),
    },
  ];
}

/** CloudWatch knows no resource for metrics, only their namespace. */
function monitoringStatements(): readonly Statement[] {
  return [
    {
      sid: 'PublishItsMetrics',
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': METRICS_NAMESPACE } },
    },
  ];
}

/**
 * Session Manager and Run Command. AWS's own policy for it would also read every parameter of the account.
 * Source: Systems Manager user guide, "Add Session Manager permissions to an existing IAM role"; ec2messages for Run Command.
 */
function sessionStatements({ context: { region, accountId } }: HostRights): readonly Statement[] {
  return [
    {
      sid: 'BeFoundBySystemsManager',
      actions: ['ssm:UpdateInstanceInformation'],
      resources: [`arn:aws:ec2:${region}:${accountId}:instance/*`],
    },
    {
      sid: 'TakeSessionsAndCommands',
      // These channels have no ARNs.
      actions: [
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
        'ec2messages:AcknowledgeMessage',
        'ec2messages:DeleteMessage',
        'ec2messages:FailMessage',
        'ec2messages:GetEndpoint',
        'ec2messages:GetMessages',
        'ec2messages:SendReply',
      ],
      resources: ['*'],
    },
  ];
}

/** Several containers ask for the same. */
function distinct(statements: readonly Statement[]): readonly Statement[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()];
}

function present<T>(value: T | undefined, thing: string): T {
  if (value === undefined) throw new Error(`the host needs ${thing}, which the data stack does not hold`);
  return value;
}
