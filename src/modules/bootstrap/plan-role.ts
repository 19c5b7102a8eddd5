/** The role that workflows plan with: it reads the configuration of resources, and none of their contents. */
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { MANAGED_POLICY_CHARACTERS, policyJson, type Statement } from '../iam/policy';
import { stateObjects } from './boundary';
import { githubSubjects, trustGithub, type GithubRepository } from './github-trust';
import type { ReadableContents } from './readable-contents';
import { REFRESH_ACTIONS } from './refresh-actions';
import type { StoreArns } from './store-arns';

export interface PlanPermissionsProps {
  readonly arns: Pick<StoreArns, 'account' | 'bucket' | 'bucketName' | 'lockTable' | 'region'>;
  /** The key of the states. */
  readonly keyArn: string;
  readonly lock: 'dynamodb' | 's3' | 'both';
  /** What the keys of the readable states begin with. */
  readonly statePrefixes: readonly string[];
  readonly contents: ReadableContents;
}

export interface PlanRoleProps extends PlanPermissionsProps {
  readonly name: string;
  readonly providerArn: string;
  readonly repository: GithubRepository;
  /** The GitHub environments whose jobs may plan. */
  readonly environments: readonly string[];
  /** Actions for types that only extensions have. */
  readonly refreshActions: readonly string[];
}

/**
 * Trusts jobs in the named GitHub environments of one repository, and no pull request: the token of a pull request's workflow would
 * let code of every branch assume the role.
 */
export class PlanRole extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: PlanRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name: props.name,
      description: `Terraform plans of pull requests to ${props.repository.owner}/${props.repository.repository}`,
      assumeRolePolicy: policyJson([
        trustGithub(
          props.providerArn,
          props.environments.flatMap((environment) => githubSubjects(props.repository, `environment:${environment}`)),
        ),
      ]),
    });
    for (const [index, statements] of refreshPolicies(props.refreshActions).entries()) {
      const policy = new IamPolicy(this, `refresh-${index + 1}`, {
        name: `${props.name}-${index + 1}`,
        description: 'Reads the configuration of every type of resource that stacks contain',
        policy: policyJson(statements),
      });
      new IamRolePolicyAttachment(this, `refresh-${index + 1}-attached`, { role: role.name, policyArn: policy.arn });
    }
    new IamRolePolicy(this, 'policy', {
      name: 'states-and-contents',
      role: role.id,
      policy: policyJson(contentStatements(props)),
    });
    this.arn = role.arn;
  }
}

/**
 * The actions of all types, as the statements of as many policies as IAM's limit on their size needs.
 * @param further actions, of types that only extensions have
 */
export function refreshPolicies(
  further: readonly string[],
  limit: number = MANAGED_POLICY_CHARACTERS,
): readonly (readonly Statement[])[] {
  const statements = (actions: readonly string[]): readonly Statement[] => [{ sid: 'Refresh', actions, resources: ['*'] }];
  const parts: string[][] = [[]];
  for (const action of [...new Set([...Object.values(REFRESH_ACTIONS).flat(), ...further])].sort()) {
    const part = parts.at(-1) ?? [];
    if (policyJson(statements([...part, action])).length > limit) parts.push([action]);
    else part.push(action);
  }
  return parts.map(statements);
}

/** What is read of contents, each from exact resources. No lock: plans run with `-lock=false`. */
export function contentStatements(props: PlanPermissionsProps): readonly Statement[] {
  const { arns, lock, contents } = props;
  return [
    { sid: 'FindStates', actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [arns.bucket] },
    { sid: 'ReadStates', actions: ['s3:GetObject'], resources: stateObjects(arns.bucket, props.statePrefixes) },
    decryptStates(props),
    ...(lock === 's3' ? [] : [readDigests(arns)]),
    { sid: 'ReadImageParameters', actions: ['ssm:GetParameter', 'ssm:GetParameters'], resources: contents.parameters },
    // The action takes no resource, and what it returns is discarded.
    { sid: 'DrawRandomPasswords', actions: ['secretsmanager:GetRandomPassword'], resources: ['*'] },
    ...(contents.objects.length === 0 ? [] : [{ sid: 'ReadObjects', actions: ['s3:GetObject'], resources: contents.objects }]),
    ...(contents.seeds.length === 0 ? [] : readSeeds(contents.seeds, arns.account)),
  ];
}

/** With a bucket key, the encryption context is the bucket, otherwise the object. */
function decryptStates({ arns, keyArn }: PlanPermissionsProps): Statement {
  return {
    sid: 'DecryptStates',
    actions: ['kms:Decrypt'],
    resources: [keyArn],
    conditions: {
      StringEquals: { 'kms:ViaService': `s3.${arns.region}.amazonaws.com` },
      StringLike: { 'kms:EncryptionContext:aws:s3:arn': [arns.bucket, `${arns.bucket}/*`] },
    },
  };
}

/** The table contains a checksum of each state, which Terraform compares when it reads one. */
function readDigests({ bucketName, lockTable }: PlanPermissionsProps['arns']): Statement {
  return {
    sid: 'ReadDigests',
    actions: ['dynamodb:GetItem'],
    resources: [lockTable],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${bucketName}/*-md5`] } },
  };
}

/** The first password of a database, which a plan reads to compare nothing: it is write-only, and rotated within minutes. */
function readSeeds(seeds: readonly string[], account: string): readonly Statement[] {
  return [
    { sid: 'ReadSeeds', actions: ['secretsmanager:GetSecretValue'], resources: seeds },
    {
      sid: 'DecryptSeeds',
      actions: ['kms:Decrypt'],
      resources: [`arn:aws:kms:*:${account}:key/*`],
      conditions: {
        StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com', 'kms:EncryptionContext:SecretARN': seeds },
      },
    },
  ];
}
