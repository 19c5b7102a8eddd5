/** Actions of identity policies by which a principal gets more than the policy says. Data and predicates for the plan guard. */
import { conditionsOf } from '../../terraform/narrowing';
import { listOf } from '../../terraform/open-statements';
import type { Block } from '../../terraform/root-module';

interface Power {
  /** Actions, where `*` is a wildcard. */
  readonly actions: readonly string[];
  /** Whether it is one only on every resource, and ordinary on named ones. */
  readonly onlyOn?: 'every resource';
  /** Condition keys that make it ordinary on named resources. */
  readonly unless?: readonly string[];
}

/**
 * Source: the privilege escalation paths of IAM that Rhino Security Labs, Bishop Fox and the "Policy Sentry" project list, and
 * what reads secrets or takes protection away in the service authorization reference.
 */
const POWERS: readonly Power[] = [
  { actions: ['iam:PassRole'], unless: ['iam:passedtoservice'] },
  { actions: ['kms:CreateGrant'], unless: ['kms:grantisforawsresource', 'kms:viaservice'] },
  { actions: ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:DisableKey'] },
  {
    actions: [
      'lambda:UpdateFunctionCode',
      'lambda:AddPermission',
      'lambda:UpdateFunctionConfiguration',
      'lambda:AddLayerVersionPermission',
    ],
  },
  {
    actions: [
      's3:PutBucketPolicy',
      's3:DeleteBucketPolicy',
      's3:PutBucketAcl',
      's3:PutBucketPublicAccessBlock',
      's3:PutLifecycleConfiguration',
    ],
  },
  {
    actions: [
      's3:PutBucketVersioning',
      's3:BypassGovernanceRetention',
      's3:PutReplicationConfiguration',
      's3:PutAccountPublicAccessBlock',
    ],
  },
  { actions: ['secretsmanager:PutResourcePolicy', 'secretsmanager:DeleteResourcePolicy'] },
  { actions: ['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail', 'cloudtrail:UpdateTrail', 'cloudtrail:PutEventSelectors'] },
  { actions: ['organizations:LeaveOrganization', 'organizations:DetachPolicy', 'account:CloseAccount'] },
  { actions: ['rds:ModifyDBSnapshotAttribute', 'ec2:ModifySnapshotAttribute', 'ec2:ModifyImageAttribute'] },
  {
    actions: ['ssm:SendCommand', 'ssm:StartSession', 'ecs:ExecuteCommand', 'ecs:RunTask', 'ec2:RunInstances'],
    onlyOn: 'every resource',
  },
  {
    actions: ['cloudformation:CreateStack', 'cloudformation:UpdateStack', 'codebuild:StartBuild', 'codebuild:UpdateProject'],
    onlyOn: 'every resource',
  },
  {
    actions: ['secretsmanager:GetSecretValue', 'ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
    onlyOn: 'every resource',
  },
  {
    actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:DeleteBucket', 'kms:Decrypt', 'dynamodb:DeleteTable'],
    onlyOn: 'every resource',
  },
  {
    actions: ['rds:DeleteDBInstance', 'rds:ModifyDBInstance', 'ec2:AuthorizeSecurityGroupIngress', 'ec2:DeleteVolume'],
    onlyOn: 'every resource',
  },
  { actions: ['sts:AssumeRole'], onlyOn: 'every resource' },
];

/** Actions of IAM that only read; every other one changes who may do what. */
const IAM_READS = /^iam:(get|list|generate|simulate|passrole$)/i;

/** The actions of an `Allow` statement that are powers; empty for a statement that gives none. */
export function powersOf(statement: Block): readonly string[] {
  if (statement.Effect !== 'Allow') return [];
  if (statement.NotAction !== undefined) return ['every action but some'];
  if (statement.NotResource !== undefined) return ['every resource but some'];
  const resources = listOf(statement.Resource).map(String);
  const isEverything = resources.some(isEveryResource);
  const keys = conditionsOf(statement.Condition).map(({ key }) => key.toLowerCase());
  return listOf(statement.Action)
    .map(String)
    .filter((action) => isPower(action, isEverything, keys));
}

function isPower(action: string, isEverything: boolean, keys: readonly string[]): boolean {
  if (action === '*' || action === '*:*') return true;
  if (/^[a-z0-9-]+:\*$/i.test(action) && isEverything) return true;
  if (/^iam:/i.test(action) && !IAM_READS.test(action)) return true;
  return POWERS.some(
    (power) =>
      power.actions.some((known) => matches(action, known)) &&
      (power.onlyOn === undefined || isEverything) &&
      (isEverything || power.unless?.some((key) => keys.includes(key)) !== true),
  );
}

/** `*`, every resource of a service, and every role or bucket: nothing is named before the first wildcard. */
function isEveryResource(resource: string): boolean {
  if (/^[*?]+$/.test(resource)) return true;
  const parts = resource.split(':');
  // A bucket has no type in front of its name.
  const name = parts[2] === 's3' ? /^[*?]/ : /^([\w-]+[/:])?[*?]/;
  return resource.startsWith('arn:') && name.test(parts.slice(5).join(':'));
}

function matches(pattern: string, action: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(action);
}

/** Policies of AWS that give an administrator's rights, or all of a service. */
export function isPowerfulPolicy(arn: string): boolean {
  return /^arn:aws[\w-]*:iam::aws:policy\//.test(arn) && /(Administrator|PowerUser|FullAccess|SecretsManagerReadWrite)/.test(arn);
}
