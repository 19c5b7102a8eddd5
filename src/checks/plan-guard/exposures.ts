/** Attributes whose value alone gives the public access. Data for the plan guard. */
import type { Attributes } from './plan';

export interface Exposure {
  /** The resource type; `*` for any. */
  readonly type: string;
  /** Completes "... would be". */
  readonly what: string;
  /** What these attributes expose, each by a name; empty when they expose nothing. */
  readonly exposed: (attributes: Attributes) => readonly string[];
}

const PUBLIC_ACCESS_FLAGS = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];
const PUBLIC_ACLS: readonly unknown[] = ['public-read', 'public-read-write', 'authenticated-read'];

export const EXPOSURES: readonly Exposure[] = [
  when('*', 'reachable from the internet (publicly_accessible)', ({ publicly_accessible }) => publicly_accessible === true),
  blockedAccess('aws_s3_bucket_public_access_block'),
  blockedAccess('aws_s3_account_public_access_block'),
  when('aws_s3_bucket_acl', 'readable by everyone (acl)', ({ acl }) => PUBLIC_ACLS.includes(acl)),
  when('aws_s3_bucket', 'readable by everyone (acl)', ({ acl }) => PUBLIC_ACLS.includes(acl)),
  when(
    'aws_subnet',
    'a subnet that assigns public addresses (map_public_ip_on_launch)',
    ({ map_public_ip_on_launch: map }) => map === true,
  ),
  when('aws_lambda_function_url', 'callable by everyone (authorization_type)', ({ authorization_type: type }) => type === 'NONE'),
  when(
    'aws_lambda_permission',
    'callable by everyone (principal)',
    ({ principal, source_arn, source_account, principal_org_id }) =>
      principal === '*' &&
      [source_arn, source_account, principal_org_id].every((narrowing) => narrowing === null || narrowing === undefined),
  ),
  when('aws_ami_launch_permission', 'an image that everyone may launch (group)', ({ group }) => group === 'all'),
  when('aws_db_snapshot', 'a snapshot that everyone may restore (shared_accounts)', ({ shared_accounts: accounts }) =>
    listOf(accounts).includes('all'),
  ),
  when('aws_eks_cluster', 'open to the internet at its API (public_access_cidrs)', ({ vpc_config }) =>
    listOf(vpc_config).some(isOpenApi),
  ),
  when('aws_lb', 'internet-facing instead of internal (internal)', ({ internal }) => internal === false),
];

function when(type: string, what: string, test: (attributes: Attributes) => boolean): Exposure {
  return { type, what, exposed: (attributes) => (test(attributes) ? [what] : []) };
}

function blockedAccess(type: string): Exposure {
  return {
    type,
    what: 'without a part of its public access block',
    exposed: (attributes) => PUBLIC_ACCESS_FLAGS.filter((flag) => attributes[flag] !== true),
  };
}

function isOpenApi(settings: unknown): boolean {
  if (typeof settings !== 'object' || settings === null) return false;
  const { endpoint_public_access: isPublic, public_access_cidrs: cidrs } = settings as Attributes;
  return isPublic === true && (listOf(cidrs).length === 0 || listOf(cidrs).includes('0.0.0.0/0'));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
