/** The role that pull requests plan with: it reads the configuration of resources, and none of their contents. */
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { policyJson, type Statement } from '../iam/policy';
import { trustGithub } from './github-trust';
import type { StoreArns } from './store-arns';

export interface StateAccessProps {
  readonly arns: Pick<StoreArns, 'bucket' | 'objects' | 'lockTable'>;
  readonly keyArn: string;
  readonly lock: 'dynamodb' | 's3' | 'both';
}

export interface PlanRoleProps {
  readonly name: string;
  readonly providerArn: string;
  /** `owner/name` */
  readonly repository: string;
  /** Further GitHub environments whose jobs may plan. */
  readonly environments: readonly string[];
  readonly state: StateAccessProps;
  readonly arns: Pick<StoreArns, 'objects' | 'lockTable' | 'seedSecrets'>;
}

/** Terraform refreshes every resource type, which AWS's narrower policies (ViewOnlyAccess, SecurityAudit) do not cover. */
const READ_ONLY_ACCESS = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

/**
 * Contents that ReadOnlyAccess or a resource policy would open to anyone who can push a branch. No plan reads them.
 * SSM parameters stay readable, because plans refresh image parameters; encrypted ones do not, without `kms:Decrypt`.
 */
const CONTENT_READS = [
  'athena:GetQueryResults*',
  'codecommit:GitPull',
  'ec2:GetConsole*',
  'ec2:GetPasswordData',
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
  'kinesis:GetRecords',
  'logs:FilterLogEvents',
  'logs:GetLogEvents',
  'logs:GetLogRecord',
  'logs:GetQueryResults',
  'logs:StartLiveTail',
  'logs:StartQuery',
  'rds:Download*',
  'secretsmanager:BatchGetSecretValue',
  'sqs:ReceiveMessage',
  'ssm:GetParameterHistory',
] as const;

/** Trusts pull requests of one repository and jobs in the named environments. Forks get no token of the repository, so no access. */
export class PlanRole extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: PlanRoleProps) {
    super(scope, id);
    const subjects = ['pull_request', ...props.environments.map((environment) => `environment:${environment}`)];
    const role = new IamRole(this, 'role', {
      name: props.name,
      description: `Terraform plans of pull requests to ${props.repository}`,
      assumeRolePolicy: policyJson([
        trustGithub(
          props.providerArn,
          subjects.map((subject) => `repo:${props.repository}:${subject}`),
        ),
      ]),
    });
    new IamRolePolicyAttachment(this, 'read-only', { role: role.name, policyArn: READ_ONLY_ACCESS });
    new IamRolePolicy(this, 'policy', {
      name: 'state-and-limits',
      role: role.id,
      policy: policyJson([...readStatesAndLock(props.state), ...openEphemeralValues(props), ...denyContents(props)]),
    });
    this.arn = role.arn;
  }
}

/** Reads every state of the store and writes locks, but no state: a plan writes none. */
export function readStatesAndLock({ arns, keyArn, lock }: StateAccessProps): readonly Statement[] {
  const lockTable: Statement = {
    sid: 'LockInTable',
    actions: ['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
    resources: [arns.lockTable],
  };
  const lockFile: Statement = {
    sid: 'LockInBucket',
    actions: ['s3:PutObject', 's3:DeleteObject'],
    resources: [`${arns.objects}.tflock`],
  };
  return [
    { sid: 'FindStates', actions: ['s3:ListBucket'], resources: [arns.bucket] },
    { sid: 'ReadStates', actions: ['s3:GetObject'], resources: [arns.objects] },
    { sid: 'DecryptStates', actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'], resources: [keyArn] },
    ...(lock === 's3' ? [] : [lockTable]),
    ...(lock === 'dynamodb' ? [] : [lockFile]),
  ];
}

/** The encryption context that Secrets Manager passes to KMS. */
const SECRET_ARN = 'kms:EncryptionContext:SecretARN';

/**
 * A plan also opens ephemeral values. It draws random passwords and discards them (the action takes no resource), and reads
 * the first password of a database, encrypted with any key.
 */
function openEphemeralValues({ arns }: PlanRoleProps): readonly Statement[] {
  return [
    { sid: 'DrawRandomPasswords', actions: ['secretsmanager:GetRandomPassword'], resources: ['*'] },
    { sid: 'ReadSeeds', actions: ['secretsmanager:GetSecretValue'], resources: [arns.seedSecrets] },
    {
      sid: 'DecryptSeeds',
      actions: ['kms:Decrypt'],
      resources: ['*'],
      conditions: { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com', [SECRET_ARN]: arns.seedSecrets } },
    },
  ];
}

function denyContents({ arns, state }: PlanRoleProps): readonly Statement[] {
  return [
    { sid: 'NoContents', effect: 'Deny', actions: CONTENT_READS, resources: ['*'] },
    { sid: 'NoSecretsButSeeds', effect: 'Deny', actions: ['secretsmanager:GetSecretValue'], notResources: [arns.seedSecrets] },
    { sid: 'NoObjectsButStates', effect: 'Deny', actions: ['s3:GetObject', 's3:GetObjectVersion'], notResources: [arns.objects] },
    {
      sid: 'NoItemsButLocks',
      effect: 'Deny',
      actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PartiQLSelect', 'dynamodb:Query', 'dynamodb:Scan'],
      notResources: [arns.lockTable],
    },
    {
      sid: 'NoOtherKeys',
      effect: 'Deny',
      actions: ['kms:Decrypt'],
      notResources: [state.keyArn],
      conditions: { StringNotLike: { [SECRET_ARN]: arns.seedSecrets } },
    },
  ];
}
