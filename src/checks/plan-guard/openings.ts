/** Public access that a plan adds. Pure. */
import { openStatements } from '../../terraform/open-statements';
import { EXPOSURES } from './exposures';
import type { HarmfulChange } from './harm';
import { describeIngress, internetIngress, isPublicEndpoint, isWithin, type IngressPath } from './ingress';
import type { Action, Attributes, Plan, ResourceChange } from './plan';

/** A VPC endpoint is reachable only from its own network; its policy limits requests, and `*` is AWS's default. */
const NOT_PUBLIC: readonly string[] = ['aws_vpc_endpoint', 'aws_vpc_endpoint_policy'];

/** Types whose deletion allows public access. */
const ACCESS_BLOCKS: readonly string[] = ['aws_s3_bucket_public_access_block', 'aws_s3_account_public_access_block'];

/** Types that allow ingress, possibly from a source that does not exist yet. */
const INGRESS_TYPES: readonly string[] = [
  'aws_vpc_security_group_ingress_rule',
  'aws_security_group_rule',
  'aws_security_group',
  'aws_default_security_group',
];

const APPLIED: readonly Action[] = ['create', 'update', 'replace'];

/** Every opening of the plan, except public endpoints. */
export function openings(plan: Plan): readonly HarmfulChange[] {
  return plan.changes.flatMap((change) => {
    if (change.action === 'delete') return removedBlock(plan, change);
    if (!APPLIED.includes(change.action)) return [];
    return [...newIngress(plan, change), ...newExposures(change), ...newPrincipals(change)];
  });
}

/** Public endpoints that the plan opens, and values that are unknown before the apply. */
export function openingNotices(plan: Plan): readonly string[] {
  const applied = plan.changes.filter(({ action }) => APPLIED.includes(action));
  return [
    ...applied.flatMap((change) =>
      addedIngress(change)
        .filter((path) => isPublicEndpoint(plan, change, path))
        .map((path) => `${change.address} opens a public endpoint: ${describeIngress(path)}`),
    ),
    ...applied.flatMap((change) =>
      unknownAccess(plan, change).map((name) => `${change.address}: ${name} is known only after the apply, and was not judged`),
    ),
  ];
}

/** Unknown attributes that decide who has access. Those that the configuration leaves out are only read back from AWS. */
function unknownAccess({ configured }: Plan, { address, type, unknown }: ResourceChange): readonly string[] {
  if (NOT_PUBLIC.includes(type)) return [];
  const references = configured.find((resource) => resource.address === address)?.references;
  return [...unknown].filter(
    (name) =>
      (references === undefined || name in references) &&
      (/(^|_)polic(y|ies)$/.test(name) || (INGRESS_TYPES.includes(type) && isRange(name))),
  );
}

function isRange(name: string): boolean {
  return /^(cidr_ipv[46]|(ipv6_)?cidr_blocks|ingress)$/.test(name);
}

/** The block may go together with its bucket. */
function removedBlock({ changes }: Plan, { type, address, before }: ResourceChange): readonly HarmfulChange[] {
  const bucketGoes = changes.some(
    (other) => other.type === 'aws_s3_bucket' && other.action === 'delete' && other.before?.bucket === before?.bucket,
  );
  if (!ACCESS_BLOCKS.includes(type) || bucketGoes) return [];
  return [
    {
      address,
      harm: 'open',
      why: 'the public access block would be removed',
      instead: 'keep it, or delete the bucket first',
    },
  ];
}

function addedIngress({ type, before, after }: ResourceChange): readonly IngressPath[] {
  const earlier = internetIngress(type, before);
  return internetIngress(type, after).filter((path) => !earlier.some((known) => isWithin(path, known)));
}

function newIngress(plan: Plan, change: ResourceChange): readonly HarmfulChange[] {
  return addedIngress(change)
    .filter((path) => !isPublicEndpoint(plan, change, path))
    .map((path) => ({
      address: change.address,
      harm: 'open',
      why: `allows ${describeIngress(path)}`,
      instead: 'name the security group or the network that needs access',
    }));
}

function newExposures({ type, address, before, after }: ResourceChange): readonly HarmfulChange[] {
  if (after === undefined) return [];
  return EXPOSURES.filter((exposure) => exposure.type === '*' || exposure.type === type).flatMap(({ what, exposed }) => {
    // A new internet-facing load balancer is intended; one that becomes internet-facing was internal.
    if (type === 'aws_lb' && before === undefined) return [];
    const earlier = before === undefined ? [] : exposed(before);
    const added = exposed(after).filter((name) => !earlier.includes(name));
    if (added.length === 0) return [];
    const names = added.filter((name) => name !== what);
    return [{ address, harm: 'open', why: `would be ${what}${names.length === 0 ? '' : `: ${names.join(', ')}`}` }];
  });
}

function newPrincipals({ type, address, before, after }: ResourceChange): readonly HarmfulChange[] {
  if (NOT_PUBLIC.includes(type)) return [];
  const earlier = new Set(policies(before).flatMap(({ statements }) => statements.map(({ identity }) => identity)));
  return policies(after).flatMap(({ name, statements }) =>
    statements
      .filter(({ identity }) => !earlier.has(identity))
      .map((statement) => ({
        address,
        harm: 'open',
        why: `${name} would allow everyone ${statement.actions.join(', ')} (${statement.name})`,
        instead: 'name the account, role or service, or add a condition on the caller',
      })),
  );
}

function policies(attributes: Attributes | undefined) {
  return Object.entries(attributes ?? {}).map(([name, text]) => ({ name, statements: openStatements(text) }));
}
