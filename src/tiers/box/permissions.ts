/**
 * The permissions of the host's role: its configuration, its backups, its containers' secrets, images and logs, each by exact
 * ARN, and whatever its containers declare. Pure.
 *
 * All containers of a host share its role, because the metadata service cannot tell them apart: each has the permissions of
 * all. On Fargate each has a separate role.
 */
import { allWorkloads } from '../../config/calculations/workloads';
import type { ResolvedBox } from '../../config/tiers/box/resolved';
import type { ResolvedContainer, ResolvedData, ResolvedWorkloads } from '../../config/resolved/environment';
import type { DataHandover } from '../../contracts/handovers';
import { required } from '../../contracts/lookups';
import { METRICS_NAMESPACE } from '../../contracts/host-metrics';
import { containerStatements, keyStatements, type PermissionContext } from '../../modules/containers/permission-statements';
import { secretArn } from '../../modules/containers/variable-values';
import { pinnedImage } from '../../modules/containers/images';
import type { Statement } from '../../modules/iam/policy';
import { sessionStatements } from '../../modules/iam/session-manager';

/** The prefixes of dumps and files in the backup bucket; the host reaches no other object of it. */
export const BACKUP_PREFIXES = ['database', 'application'] as const;

export interface HostRights {
  readonly context: PermissionContext & { readonly data: ResolvedData };
  readonly workloads: ResolvedWorkloads;
  /** The object that the host pulls. */
  readonly configuration: { readonly bucketArn: string; readonly key: string };
  readonly box: Pick<ResolvedBox, 'backup' | 'registries' | 'logGroup'>;
  /** The secret with the logins of visitors. @default none */
  readonly loginSecret?: string;
}

/** The statements of the host's role. */
export function hostStatements(rights: HostRights): readonly Statement[] {
  const containers = allWorkloads(rights.workloads);
  return distinct([
    ...configurationStatements(rights),
    ...backupStatements(rights),
    ...secretStatements(rights, containers),
    ...imageStatements(rights, containers),
    ...logStatements(rights, containers),
    ...monitoringStatements(),
    ...sessionStatements({ ...rights.context, commands: true }),
    ...containers.flatMap((container) => containerStatements(container, rights.context)),
  ]);
}

/** Whether a container asks AWS for something with the role of its host. */
export function containersUseRole({ workloads, context }: Pick<HostRights, 'workloads' | 'context'>): boolean {
  return allWorkloads(workloads).some((container) => containerStatements(container, context).length > 0);
}

function configurationStatements({ configuration: { bucketArn, key } }: HostRights): readonly Statement[] {
  return [{ sid: 'PullItsConfiguration', actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [`${bucketArn}/${key}`] }];
}

/** The host adds and reads backups, but deletes none: the bucket's lifecycle does that. */
function backupStatements({ context, box }: HostRights): readonly Statement[] {
  const { bucket } = box.backup;
  const { arn } = required(context.handover.buckets[bucket], `the bucket "${bucket}"`);
  const encrypted = context.data.buckets.some(({ key, encryption }) => key === bucket && encryption === 'kms');
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

/** The secrets of containers, of database logins, of logins to registries, and of logins of visitors. */
function secretStatements(
  { context, box: { registries }, loginSecret }: HostRights,
  containers: readonly ResolvedContainer[],
): readonly Statement[] {
  const { data, handover } = context;
  const injected = containers.flatMap(({ variables }) =>
    Object.values(variables.secrets).map((source) => secretArn(source, handover)),
  );
  const own = data.database === undefined ? [] : databaseSecrets(handover);
  const named = [...registries.map(({ secret }) => secret), ...(loginSecret === undefined ? [] : [loginSecret])];
  const logins = named.map((secret) => required(handover.secrets[secret], `the secret "${secret}"`).arn);
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
      required(
        data.images.find((image) => image.key === key),
        `the image "${key}"`,
      ).parameterName,
  );
  const repositories = [...keys.map((key) => required(handover.images[key], `the image "${key}"`).repositoryArn), ...pinned];
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
          // The token has no ARN. It only gives access to what the next statement allows.
          { sid: 'LogInToTheRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
          {
            sid: 'PullItsImages',
            actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
            resources: arns,
          },
        ]),
  ];
}

function logStatements(
  { context, box: { logGroup } }: HostRights,
  containers: readonly ResolvedContainer[],
): readonly Statement[] {
  const names = new Set([...containers.map(({ logs }) => logs.group), logGroup]);
  const arns = context.data.logGroups
    .filter(({ name }) => names.has(name))
    .map(({ key }) => context.handover.logGroups[key]?.arn);
  const known = arns.filter((arn) => arn !== undefined);
  if (known.length < names.size)
    throw new Error(`the host logs to ${[...names].join(', ')}, but the data stack does not publish all of them`);
  return [
    {
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: known.map((arn) => `${arn}:*`),
    },
  ];
}

/** Metrics have no ARN, only a namespace. */
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

/** Without the repetitions of several containers that need the same. */
function distinct(statements: readonly Statement[]): readonly Statement[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()];
}
