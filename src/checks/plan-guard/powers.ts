/** Actions of identity policies by which a principal gets more than the policy says. Data and predicates for the plan guard. */
import { escalationsOf } from '../../config/calculations/iam-actions';
import { patternsOverlap } from '../../config/calculations/wildcards';
import { conditionsOf } from '../../terraform/narrowing';
import { listOf } from '../../terraform/open-statements';
import type { Block } from '../../terraform/root-module';

/** Actions that reach the data or the hosts of everybody when a statement names no resource; ordinary on named ones. */
const REACH: readonly string[] = [
  'dynamodb:DeleteTable',
  'ec2:AuthorizeSecurityGroupIngress',
  'ec2:DeleteVolume',
  'kms:Decrypt',
  'rds:DeleteDBInstance',
  's3:DeleteBucket',
  's3:DeleteObject',
  's3:GetObject',
  's3:PutObject',
  'secretsmanager:GetSecretValue',
  'ssm:GetParameter',
  'ssm:GetParameters',
  'ssm:GetParametersByPath',
];

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
  if (
    isEverything &&
    (/^[a-z0-9-]+:\*$/i.test(action) || REACH.some((known) => patternsOverlap(action.toLowerCase(), known.toLowerCase())))
  )
    return true;
  return escalationsOf(action).some(
    ({ isOrdinaryOnNames = false, unless = [] }) =>
      isEverything || !(isOrdinaryOnNames || unless.some((key) => keys.includes(key.toLowerCase()))),
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

/** Policies of AWS that give an administrator's rights, or all of a service. */
export function isPowerfulPolicy(arn: string): boolean {
  return /^arn:aws[\w-]*:iam::aws:policy\//.test(arn) && /(Administrator|PowerUser|FullAccess|SecretsManagerReadWrite)/.test(arn);
}
