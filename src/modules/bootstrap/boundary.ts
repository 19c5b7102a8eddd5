/**
 * The permissions boundary of everything that a pipeline deploys with one apply role: the role itself, and every role that it
 * creates. Pure.
 *
 * A boundary grants nothing, it limits what policies can grant. It lets the pipeline create only roles that carry the same
 * boundary, so that no role leads further than the pipeline itself. Source: AWS IAM user guide, "Permissions boundaries for IAM
 * entities", section "Delegating responsibility to others using permissions boundaries".
 */
import { boundaryName } from '../../config/names';
import type { DeploymentGroup } from '../../config/resolved/deployment-group';
import type { Statement } from '../iam/policy';
import type { StoreArns } from './store-arns';

export interface BoundaryProps {
  readonly group: DeploymentGroup;
  readonly arns: Pick<StoreArns, 'account' | 'bucket' | 'bucketName' | 'lockTable' | 'trailBucket'>;
  readonly lock: 'dynamodb' | 's3' | 'both';
}

/** The objects of the states whose keys begin with these prefixes, without locks. */
export function stateObjects(bucket: string, prefixes: readonly string[]): readonly string[] {
  return prefixes.map((prefix) => `${bucket}/${prefix}*/terraform.tfstate`);
}

const deny = (sid: string, actions: readonly string[], resources: readonly string[] = ['*']): Statement => ({
  sid,
  effect: 'Deny',
  actions,
  resources,
});

/** Aliases of the keys of state stores and audit trails, this store's and those of others in the account. */
const KEPT_ALIASES = ['alias/*-terraform-state', 'alias/*-audit'];

const KEY_CHANGES = [
  'kms:CreateGrant',
  'kms:DeleteImportedKeyMaterial',
  'kms:Disable*',
  'kms:ImportKeyMaterial',
  'kms:PutKeyPolicy',
  'kms:ReplicateKey',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:Update*',
];

const LOCK = 's3:PutBucketObjectLockConfiguration';

/** What no pipeline does, whatever the resource. */
const NEVER = [
  'account:*',
  'cloudtrail:DeleteTrail',
  'cloudtrail:PutEventSelectors',
  'cloudtrail:StopLogging',
  'cloudtrail:UpdateTrail',
  'iam:*Account*',
  'iam:*DelegationRequest*',
  'iam:*Organizations*',
  'iam:*OutboundWebIdentity*',
  'iam:DeleteRolePermissionsBoundary',
  'iam:Set*Token*',
  'identitystore:*',
  'organizations:*',
  'rolesanywhere:*',
  // Also where another stack owns the account's trail: no pipeline lifts an object lock.
  's3:BypassGovernanceRetention',
  // A request by way of an access point names that, and not the bucket of the states.
  's3:CreateAccessPoint*',
  's3:CreateMultiRegionAccessPoint',
  'sso-directory:*',
  'sso:*',
  'sts:AssumeRoot',
];

export function boundaryStatements(props: BoundaryProps): readonly Statement[] {
  const { account } = props.arns;
  return [
    ...ownStates(props),
    ...ownRoles(props.group.name, account),
    keptIdentities(account),
    ...never(props.group),
    ...auditLogsAndKeys(props),
    otherEnvironments(props.group.name),
  ];
}

/** A lock is put on the group's own buckets only; where it has none, that is one of the things that no pipeline does. */
function never({ lockedBuckets }: DeploymentGroup): readonly Statement[] {
  const [first, ...others] = lockedBuckets;
  if (first === undefined) return [deny('Never', [...NEVER, LOCK].sort())];
  const arns = [first, ...others].map((name) => `arn:aws:s3:::${name}`);
  return [deny('Never', NEVER), { sid: 'LockOnlyOwnBuckets', effect: 'Deny', actions: [LOCK], notResources: arns }];
}

/** Everything but state stores, and in this one the states and locks of the group. Other stores of the account by their usual names. */
function ownStates({ group, arns, lock }: BoundaryProps): readonly Statement[] {
  const { account, bucket, bucketName, lockTable } = arns;
  const stores = [bucket, 'arn:aws:s3:::*-terraform-state', lockTable, `arn:aws:dynamodb:*:${account}:table/*-terraform-locks`];
  return [
    { sid: 'EverythingElse', actions: ['*'], notResources: stores.flatMap((store) => [store, `${store}/*`]) },
    { sid: 'FindStates', actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [bucket] },
    {
      sid: 'WriteOwnStates',
      actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      // Lock files too: terraform.tfstate.tflock.
      resources: stateObjects(bucket, [group.statePrefix]).map((object) => `${object}*`),
    },
    ...(group.readsStates.length === 0
      ? []
      : [{ sid: 'ReadStates', actions: ['s3:GetObject'], resources: group.readsStates.map((key) => `${bucket}/${key}`) }]),
    ...(lock === 's3'
      ? []
      : [
          {
            sid: 'HoldOwnLocks',
            actions: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
            resources: [lockTable],
            conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${bucketName}/${group.statePrefix}*`] } },
          },
        ]),
  ];
}

/** Roles carry this boundary, and policies, instance profiles and passed roles are the group's. */
function ownRoles(group: string, account: string): readonly Statement[] {
  const iam = (path: string) => `arn:aws:iam::${account}:${path}`;
  return [
    {
      ...deny('OnlyBoundedRoles', [
        'iam:AttachRolePolicy',
        'iam:CreateRole',
        'iam:DeleteRole',
        'iam:DeleteRolePolicy',
        'iam:DetachRolePolicy',
        'iam:PutRole*',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole*',
      ]),
      conditions: { StringNotEquals: { 'iam:PermissionsBoundary': iam(`policy/${boundaryName(group)}`) } },
    },
    {
      sid: 'OnlyOwnIdentities',
      effect: 'Deny',
      actions: [
        'iam:*InstanceProfile',
        'iam:CreatePolicy*',
        'iam:DeletePolicy*',
        'iam:PassRole',
        'iam:SetDefaultPolicyVersion',
        'iam:TagPolicy',
        'iam:TagRole',
        'iam:UntagPolicy',
        'iam:UntagRole',
      ],
      notResources: ['instance-profile', 'policy', 'role']
        .map((kind) => iam(`${kind}/${group}-*`))
        .concat(iam('role/aws-service-role/*')),
    },
    // Roles of other accounts are for their accounts to refuse.
    {
      sid: 'AssumeOnlyOwnRoles',
      effect: 'Deny',
      actions: ['sts:AssumeRole'],
      notResources: [iam(`role/${group}-*`)],
      conditions: { StringEquals: { 'aws:ResourceAccount': account } },
    },
  ];
}

/** The roles that Terraform runs with, by what their names end in, and identities of people. */
function keptIdentities(account: string): Statement {
  const kept = [
    'group/*',
    'mfa/*',
    'oidc-provider/*',
    'policy/*-terraform-boundary',
    'policy/*-terraform-plan-*',
    'role/*-terraform-apply',
    'role/*-terraform-plan',
    'saml-provider/*',
    'user/*',
  ];
  return deny(
    'KeepIdentities',
    ['iam:*', 'sts:AssumeRole'],
    kept.map((path) => `arn:aws:iam::${account}:${path}`),
  );
}

function auditLogsAndKeys({ arns }: BoundaryProps): readonly Statement[] {
  const { account, trailBucket } = arns;
  return [
    deny('KeepAuditLogs', ['s3:Delete*', 's3:Put*'], [trailBucket, `${trailBucket}/*`]),
    // The alias protects its key, whatever the key's id is, and the name of the alias protects the alias.
    {
      ...deny('KeepKeys', KEY_CHANGES),
      conditions: { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': KEPT_ALIASES } },
    },
    deny(
      'KeepAliases',
      ['kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias'],
      KEPT_ALIASES.map((alias) => `arn:aws:kms:*:${account}:${alias}`),
    ),
  ];
}

/** What Terrace created for another environment, wherever the service evaluates the tags of its resources. */
function otherEnvironments(group: string): Statement {
  return {
    ...deny('KeepOtherEnvironments', ['*']),
    conditions: {
      StringEquals: { 'aws:ResourceTag/managed-by': 'terrace' },
      StringNotEquals: { 'aws:ResourceTag/environment': group },
      Null: { 'aws:ResourceTag/environment': 'false' },
    },
  };
}
