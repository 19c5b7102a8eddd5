/**
 * The permissions boundary of the apply role: what no pipeline may do, whatever its policies allow. Pure.
 *
 * The pipeline makes roles for tasks, functions and nodes, so it may make roles. What keeps it from making itself
 * another administrator is here; what reviews a merged change must look at is in docs/bootstrap.md.
 */
import type { Statement } from '../iam/policy';
import type { StoreArns } from './store-arns';

const deny = (sid: string, actions: readonly string[], resources: readonly string[] = ['*']): Statement => ({
  sid,
  effect: 'Deny',
  actions,
  resources,
});

/** AWS-managed policies that make an administrator of whoever holds them. */
const ADMINISTRATOR_POLICIES = ['AdministratorAccess', 'IAMFullAccess', 'PowerUserAccess'].map(
  (name) => `arn:aws:iam::aws:policy/${name}`,
);

/** Everything, but for what bootstrap owns, people's identities and the account itself. */
export function boundaryStatements(arns: StoreArns, keyArn: string): readonly Statement[] {
  return [
    { sid: 'EverythingElse', actions: ['*'], resources: ['*'] },
    deny('KeepBoundary', ['iam:CreatePolicyVersion', 'iam:DeletePolicy*', 'iam:SetDefaultPolicyVersion'], [arns.boundary]),
    deny(
      'KeepOwnRoles',
      [
        'iam:AttachRolePolicy',
        'iam:DeleteRole*',
        'iam:DetachRolePolicy',
        'iam:PutRole*',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole*',
      ],
      [arns.planRole, arns.applyRole],
    ),
    deny('KeepGithubProvider', ['iam:*OpenIDConnectProvider*'], [arns.githubProvider]),
    {
      ...deny('NoAdministrators', ['iam:AttachRolePolicy']),
      conditions: { ArnEquals: { 'iam:PolicyARN': ADMINISTRATOR_POLICIES } },
    },
    deny('NoPeople', [
      'iam:AddUserToGroup',
      'iam:AttachGroupPolicy',
      'iam:AttachUserPolicy',
      'iam:CreateAccessKey',
      'iam:CreateLoginProfile',
      'iam:CreateSAMLProvider',
      'iam:CreateUser',
      'iam:DeactivateMFADevice',
      'iam:PutGroupPolicy',
      'iam:PutUserPolicy',
      'iam:UpdateAccessKey',
      'iam:UpdateLoginProfile',
      'iam:UpdateSAMLProvider',
    ]),
    deny('KeepAccount', ['account:*', 'organizations:*']),
    deny('KeepTrail', [
      'cloudtrail:DeleteTrail',
      'cloudtrail:PutEventSelectors',
      'cloudtrail:StopLogging',
      'cloudtrail:UpdateTrail',
    ]),
    // Also where the account's trail is not ours to make: no pipeline lifts a lock.
    deny('KeepLocks', ['s3:BypassGovernanceRetention', 's3:PutBucketObjectLockConfiguration']),
    deny(
      'KeepTrailBucket',
      ['s3:DeleteBucket*', 's3:PutBucket*', 's3:PutEncryptionConfiguration', 's3:PutLifecycleConfiguration'],
      [arns.trailBucket],
    ),
    deny(
      'KeepStateBucket',
      [
        's3:DeleteBucket*',
        's3:PutBucket*',
        's3:PutEncryptionConfiguration',
        's3:PutLifecycleConfiguration',
        's3:PutReplicationConfiguration',
      ],
      [arns.bucket],
    ),
    deny('KeepStateHistory', ['s3:DeleteObjectVersion', 's3:PutObjectRetention'], [arns.objects]),
    deny('KeepBootstrapState', ['s3:DeleteObject', 's3:PutObject'], [arns.ownState]),
    deny('KeepLockTable', ['dynamodb:DeleteTable', 'dynamodb:Update*Backups', 'dynamodb:UpdateTable'], [arns.lockTable]),
    deny(
      'KeepStateKey',
      ['kms:Delete*', 'kms:Disable*', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:Update*'],
      [keyArn, arns.keyAlias],
    ),
  ];
}
