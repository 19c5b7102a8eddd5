/** Attributes whose value alone gives the public access. Data for the plan guard. */
import { elementsOf, nestedBlocks } from '../../terraform/root-module';
import { areInternet } from './cidr';
import type { Attributes } from './plan';
import { stringsOf, valueAt } from './values';

export interface Exposure {
  /** The resource type; `*` for any. */
  readonly type: string;
  /** The attribute that decides. */
  readonly attribute: string;
  /** Completes "... would be". */
  readonly what: string;
  /** What these attributes expose, each by a name; empty when they expose nothing. */
  readonly exposed: (attributes: Attributes) => readonly string[];
  /** Whether a new resource with it is what the description asks for, so that only a change opens something. */
  readonly isOrdinaryWhenNew?: boolean;
}

const PUBLIC_ACCESS_FLAGS = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];
const PUBLIC_ACLS: readonly unknown[] = ['public-read', 'public-read-write', 'authenticated-read'];
const NARROWED_BY = ['source_arn', 'source_account', 'principal_org_id'];

export const EXPOSURES: readonly Exposure[] = [
  when('*', 'publicly_accessible', 'reachable from the internet', ({ publicly_accessible: open }) => open === true),
  blockedAccess('aws_s3_bucket_public_access_block'),
  blockedAccess('aws_s3_account_public_access_block'),
  ...['aws_s3_bucket_acl', 'aws_s3_bucket', 'aws_s3_object'].map((type) =>
    when(type, 'acl', 'readable by everyone', ({ acl }) => PUBLIC_ACLS.includes(acl)),
  ),
  when('aws_s3_bucket_acl', 'access_control_policy', 'granted to everyone', ({ access_control_policy: policy }) =>
    hasPublicGrant(
      nestedBlocks(policy)
        .flatMap(({ grant }) => nestedBlocks(grant))
        .flatMap(({ grantee }) => nestedBlocks(grantee)),
    ),
  ),
  when('aws_s3_bucket', 'grant', 'granted to everyone', ({ grant }) => hasPublicGrant(nestedBlocks(grant))),
  when(
    'aws_subnet',
    'map_public_ip_on_launch',
    'a subnet that assigns public addresses',
    ({ map_public_ip_on_launch: map }) => map === true,
  ),
  when(
    'aws_lambda_function_url',
    'authorization_type',
    'callable by everyone',
    ({ authorization_type: type }) => type === 'NONE',
  ),
  when(
    'aws_lambda_permission',
    'principal',
    'callable by everyone',
    (attributes) =>
      attributes.principal === '*' &&
      NARROWED_BY.every((name) => stringsOf(attributes[name]).every((value) => /[*?]/.test(value.split(':')[4] ?? value))),
  ),
  when('aws_ami_launch_permission', 'group', 'an image that everyone may launch', ({ group }) => group === 'all'),
  ...['aws_db_snapshot', 'aws_db_cluster_snapshot', 'aws_db_snapshot_copy', 'aws_rds_cluster_snapshot_copy'].map((type) =>
    when(type, 'shared_accounts', 'a snapshot that everyone may restore', ({ shared_accounts: accounts }) =>
      elementsOf(accounts).includes('all'),
    ),
  ),
  when('aws_eks_cluster', 'vpc_config', 'open to the internet at its API', ({ vpc_config }) =>
    elementsOf(vpc_config).some(isOpenApi),
  ),
  when('aws_wafv2_ip_set', 'addresses', 'a list of the whole internet', ({ addresses }) => areInternet(stringsOf(addresses))),
  when('aws_vpc_endpoint_service', 'allowed_principals', 'offered to everyone', ({ allowed_principals: allowed }) =>
    elementsOf(allowed).includes('*'),
  ),
  when(
    'aws_vpc_endpoint_service_allowed_principal',
    'principal_arn',
    'offered to everyone',
    ({ principal_arn: principal }) => principal === '*',
  ),
  when(
    'aws_cloudwatch_event_permission',
    'principal',
    'open to events of everyone',
    ({ principal, condition }) => principal === '*' && nestedBlocks(condition).length === 0,
  ),
  when('aws_kms_grant', 'grantee_principal', 'usable by everyone', ({ grantee_principal: grantee }) => grantee === '*'),
  {
    ...when('aws_lb', 'internal', 'internet-facing instead of internal', ({ internal }) => internal === false),
    isOrdinaryWhenNew: true,
  },
  ...['kubernetes_service', 'kubernetes_service_v1'].map((type) =>
    when(type, 'spec', 'a load balancer for the whole internet', isOpenService),
  ),
  ...['kubernetes_ingress', 'kubernetes_ingress_v1'].flatMap((type): readonly Exposure[] => [
    {
      ...when(
        type,
        'metadata',
        'internet-facing instead of internal',
        (attributes) => annotation(attributes, 'alb.ingress.kubernetes.io/scheme') === 'internet-facing',
      ),
      isOrdinaryWhenNew: true,
    },
    {
      ...when(type, 'metadata', 'open to the whole internet', (attributes) => {
        const cidrs = annotation(attributes, 'alb.ingress.kubernetes.io/inbound-cidrs');
        return cidrs === undefined || areInternet(cidrs.split(',').map((cidr) => cidr.trim()));
      }),
      isOrdinaryWhenNew: true,
    },
  ]),
];

function when(type: string, attribute: string, what: string, test: (attributes: Attributes) => boolean): Exposure {
  const named = `${what} (${attribute})`;
  return { type, attribute, what: named, exposed: (attributes) => (test(attributes) ? [named] : []) };
}

function blockedAccess(type: string): Exposure {
  return {
    type,
    attribute: PUBLIC_ACCESS_FLAGS.join(', '),
    what: 'without a part of its public access block',
    exposed: (attributes) => PUBLIC_ACCESS_FLAGS.filter((flag) => attributes[flag] !== true),
  };
}

/** `AllUsers` and `AuthenticatedUsers`, which is every account. */
function hasPublicGrant(grantees: readonly Attributes[]): boolean {
  return grantees.some(({ uri }) => typeof uri === 'string' && /\/global\/(AllUsers|AuthenticatedUsers)$/.test(uri));
}

function isOpenApi(settings: unknown): boolean {
  if (typeof settings !== 'object' || settings === null) return false;
  const { endpoint_public_access: isPublic, public_access_cidrs: cidrs } = settings as Attributes;
  return isPublic === true && (elementsOf(cidrs).length === 0 || areInternet(stringsOf(cidrs)));
}

function isOpenService(attributes: Attributes): boolean {
  if (valueAt(attributes, 'spec.type') !== 'LoadBalancer') return false;
  const scheme = annotation(attributes, 'service.beta.kubernetes.io/aws-load-balancer-scheme');
  if (scheme === 'internal' || annotation(attributes, 'service.beta.kubernetes.io/aws-load-balancer-internal') === 'true')
    return false;
  const ranges = stringsOf(valueAt(attributes, 'spec.load_balancer_source_ranges') ?? []);
  return ranges.length === 0 || areInternet(ranges);
}

function annotation(attributes: Attributes, name: string): string | undefined {
  const annotations = valueAt(attributes, 'metadata.annotations');
  const value = typeof annotations === 'object' && annotations !== null ? (annotations as Attributes)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
