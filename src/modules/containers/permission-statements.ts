/** What the AWS role of a container may do: declared permissions as IAM statements on exact ARNs. Pure, for every tier. */
import { tokenRolesOf } from '../../config/calculations/token-logins';
import type { Permission, ResolvedContainer, ResolvedData } from '../../config/resolved/environment';
import type { DataHandover } from '../../contracts/handovers';
import { required } from '../../contracts/lookups';
import type { Statement } from '../iam/policy';

export interface PermissionContext {
  readonly region: string;
  readonly accountId: string;
  /** The prefix of relative secret paths: `/<system>/<environment>`. */
  readonly secretPath: string;
  readonly data: Pick<ResolvedData, 'buckets' | 'email'>;
  readonly handover: DataHandover;
}

const BUCKET_ACTIONS = {
  read: ['s3:GetObject'],
  write: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
} as const;

const QUEUE_ACTIONS = {
  send: ['sqs:SendMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
  consume: [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:GetQueueUrl',
    'sqs:GetQueueAttributes',
  ],
} as const;

const SECRET_READ = ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'] as const;

/** Creating and changing secrets below a path. */
const SECRET_WRITE = [
  'secretsmanager:CreateSecret',
  'secretsmanager:PutSecretValue',
  'secretsmanager:UpdateSecret',
  'secretsmanager:DeleteSecret',
  'secretsmanager:TagResource',
] as const;

/** Everything that a container may do in AWS: its permissions, readable secrets, mounts, and database logins by token. */
export function containerStatements(container: ResolvedContainer, context: PermissionContext): readonly Statement[] {
  return [
    ...permissionStatements(container.permissions, context),
    ...readableSecretStatements(container.readableSecrets, context),
    ...mountStatements(container.mounts, context),
    ...databaseLoginStatements(container, context),
  ];
}

/** The statements of declared permissions, in their order. */
export function permissionStatements(permissions: readonly Permission[], context: PermissionContext): readonly Statement[] {
  return permissions.flatMap((permission) => {
    if ('bucket' in permission) return bucketStatements(permission, context);
    if ('queue' in permission) return queueStatements(permission, context);
    if ('emailFrom' in permission) return emailStatements(permission, context);
    if ('secretPath' in permission) return secretPathStatements(permission, context);
    return [{ actions: permission.actions, resources: permission.resources.map((resource) => exactResource(resource, context)) }];
  });
}

/** Replaces `{account}` and `{region}` in a resource of the environment file by those of the environment. */
function exactResource(resource: string, { accountId, region }: PermissionContext): string {
  return resource.replace(/(?<!\$)\{(account|region)\}/g, (_, name) => (name === 'account' ? accountId : region));
}

function bucketStatements(
  { bucket, access }: Extract<Permission, { bucket: string }>,
  context: PermissionContext,
): readonly Statement[] {
  const { arn } = required(context.handover.buckets[bucket], `the bucket "${bucket}"`);
  const reads = access !== 'write';
  const writes = access !== 'read';
  const encrypted = context.data.buckets.some(({ key, encryption }) => key === bucket && encryption === 'kms');
  return [
    { actions: [...(reads ? BUCKET_ACTIONS.read : []), ...(writes ? BUCKET_ACTIONS.write : [])], resources: [`${arn}/*`] },
    { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [arn] },
    ...(encrypted ? keyStatements('s3', writes ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'], context) : []),
  ];
}

function queueStatements(
  { queue, access }: Extract<Permission, { queue: string }>,
  context: PermissionContext,
): readonly Statement[] {
  const { arn } = required(context.handover.queues[queue], `the queue "${queue}"`);
  const keyActions = access === 'send' ? ['kms:GenerateDataKey', 'kms:Decrypt'] : ['kms:Decrypt'];
  return [{ actions: QUEUE_ACTIONS[access], resources: [arn] }, ...keyStatements('sqs', keyActions, context)];
}

/** Sending by the API, with the environment's identity and configuration set, from these addresses only. */
function emailStatements(
  { emailFrom }: Extract<Permission, { emailFrom: unknown }>,
  { region, accountId, data }: PermissionContext,
): readonly Statement[] {
  const { domain, configurationSet } = required(data.email, 'the domain of e-mail');
  const ses = `arn:aws:ses:${region}:${accountId}`;
  return [
    {
      actions: ['ses:SendEmail', 'ses:SendRawEmail'],
      resources: [`${ses}:identity/${domain}`, `${ses}:configuration-set/${configurationSet}`],
      conditions: { StringEquals: { 'ses:FromAddress': emailFrom } },
    },
  ];
}

function secretPathStatements(
  { secretPath, access }: Extract<Permission, { secretPath: string }>,
  context: PermissionContext,
): readonly Statement[] {
  const { region, accountId } = context;
  const path = secretPath.startsWith('/') ? secretPath : `${context.secretPath}/${secretPath}`;
  // Secrets Manager adds a hyphen and six characters to every name.
  const pattern = path.endsWith('*') ? path : `${path}-??????`;
  const writes = access === 'read-write';
  return [
    {
      actions: [...SECRET_READ, ...(writes ? SECRET_WRITE : [])],
      resources: [`arn:aws:secretsmanager:${region}:${accountId}:secret:${pattern}`],
    },
    ...keyStatements('secretsmanager', writes ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'], context),
  ];
}

/** Reading declared secrets at run time with the AWS SDK. */
function readableSecretStatements(secrets: readonly string[], context: PermissionContext): readonly Statement[] {
  if (secrets.length === 0) return [];
  const arns = secrets.map((secret) => required(context.handover.secrets[secret], `the secret "${secret}"`).arn);
  return [{ actions: SECRET_READ, resources: arns }, ...keyStatements('secretsmanager', ['kms:Decrypt'], context)];
}

/** Mounting file systems, each through its access point only. */
function mountStatements(mounts: ResolvedContainer['mounts'], { handover }: PermissionContext): readonly Statement[] {
  return mounts.map(({ fileSystem, accessPoint, readOnly }) => {
    const { arn, accessPoints } = required(handover.fileSystems[fileSystem], `the file system "${fileSystem}"`);
    const point = required(accessPoints[accessPoint], `the access point "${accessPoint}" of ${fileSystem}`);
    return {
      actions: ['elasticfilesystem:ClientMount', ...(readOnly ? [] : ['elasticfilesystem:ClientWrite'])],
      resources: [arn],
      conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': point.arn } },
    };
  });
}

/** Logging in to the database with a token, as the roles whose user name the container reads. */
function databaseLoginStatements(
  { variables }: Pick<ResolvedContainer, 'variables'>,
  { region, accountId, handover }: PermissionContext,
): readonly Statement[] {
  const roles = tokenRolesOf(variables.references);
  if (roles.length === 0) return [];
  const resourceId = required(handover.database?.resourceId, 'the id of a managed database');
  return [
    {
      actions: ['rds-db:connect'],
      resources: roles.map((role) => `arn:aws:rds-db:${region}:${accountId}:dbuser:${resourceId}/${role}`),
    },
  ];
}

/** Use of the environment's key through one service only; none where AWS-managed keys encrypt. */
export function keyStatements(
  service: 's3' | 'sqs' | 'secretsmanager',
  actions: readonly string[],
  { region, handover }: Pick<PermissionContext, 'region' | 'handover'>,
): readonly Statement[] {
  if (handover.keyArn === undefined) return [];
  return [
    {
      actions,
      resources: [handover.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } },
    },
  ];
}
