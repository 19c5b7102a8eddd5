/**
 * The permissions boundary of the apply role: what no pipeline may do, whatever its policies allow. Pure.
 *
 * The pipeline creates roles for tasks, functions and nodes, so it needs the right to create roles. The boundary limits what
 * it can do to gain more; docs/bootstrap.md says what a review has to check instead.
 */
import type { Statement } from '../iam/policy';
import type { StoreArns } from './store-arns';

const deny = (sid: string, actions: readonly string[], resources: readonly string[] = ['*']): Statement => ({
  sid,
  effect: 'Deny',
  actions,
  resources,
});

/** AWS-managed policies that make a role an administrator. */
const ADMINISTRATOR_POLICIES = ['AdministratorAccess', 'IAMFullAccess', 'PowerUserAccess'].map(
  (name) => `arn:aws:iam::aws:policy/${name}`,
);

/** Allows everything except changes to what bootstrap owns, to identities of people and to the account itself. */
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
    // Also where another stack owns the account's trail: no pipeline lifts an object lock.
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
