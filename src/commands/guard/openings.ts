/** What a plan opens to the public that was closed, or was not there, before. Pure. */
import { openStatements } from '../../terraform/open-statements';
import { EXPOSURES } from './exposures';
import type { Finding } from './finding';
import { describeDoor, isFrontDoor, isWithin, worldDoors } from './ingress';
import type { Attributes, Plan, ResourceChange } from './plan';

/** A network endpoint is reached from its own network only; its policy says what may pass, and `*` is what AWS writes there. */
const NOT_PUBLIC: readonly string[] = ['aws_vpc_endpoint', 'aws_vpc_endpoint_policy'];

/** Types whose deletion opens something. */
const LOCKS: readonly string[] = ['aws_s3_bucket_public_access_block', 'aws_s3_account_public_access_block'];

/** Types that are judged by their rules, and where the rules may come from something that is not there yet. */
const RULES: readonly string[] = [
  'aws_vpc_security_group_ingress_rule',
  'aws_security_group_rule',
  'aws_security_group',
  'aws_default_security_group',
];

/** Every opening of the plan; front doors are not among them. */
export function openings(plan: Plan): readonly Finding[] {
  return plan.changes.flatMap((change) => {
    if (change.action === 'delete') return removedLock(plan, change);
    if (!['create', 'update', 'replace'].includes(change.action)) return [];
    return [...newDoors(plan, change), ...newExposures(change), ...newPrincipals(change)];
  });
}

/** Front doors that open, and what nobody can judge before the apply. */
export function openingNotices(plan: Plan): readonly string[] {
  const applied = plan.changes.filter(({ action }) => ['create', 'update', 'replace'].includes(action));
  return [
    ...applied.flatMap((change) =>
      openedDoors(change)
        .filter((door) => isFrontDoor(plan, change, door))
        .map((door) => `${change.address} opens the front door: ${describeDoor(door)}`),
    ),
    ...applied.flatMap((change) =>
      hidden(plan, change).map((name) => `${change.address}: ${name} is known only after the apply, and was not judged`),
    ),
  ];
}

/** Unknown attributes that say who comes in. What the configuration leaves out is only told back by AWS. */
function hidden({ configured }: Plan, { address, type, unknown }: ResourceChange): readonly string[] {
  if (NOT_PUBLIC.includes(type)) return [];
  const said = configured.find((resource) => resource.address === address)?.references;
  return [...unknown].filter(
    (name) =>
      (said === undefined || name in said) && (/(^|_)polic(y|ies)$/.test(name) || (RULES.includes(type) && isRange(name))),
  );
}

function isRange(name: string): boolean {
  return /^(cidr_ipv[46]|(ipv6_)?cidr_blocks|ingress)$/.test(name);
}

/** Without its bucket, a block guards nothing. */
function removedLock({ changes }: Plan, { type, address, before }: ResourceChange): readonly Finding[] {
  const bucketGoes = changes.some(
    (other) => other.type === 'aws_s3_bucket' && other.action === 'delete' && other.before?.bucket === before?.bucket,
  );
  if (!LOCKS.includes(type) || bucketGoes) return [];
  return [
    { address, harm: 'open', why: 'the block on public access would be gone', instead: 'keep it, or delete the bucket first' },
  ];
}

function openedDoors({ type, before, after }: ResourceChange) {
  const earlier = worldDoors(type, before);
  return worldDoors(type, after).filter((door) => !earlier.some((known) => isWithin(door, known)));
}

function newDoors(plan: Plan, change: ResourceChange): readonly Finding[] {
  return openedDoors(change)
    .filter((door) => !isFrontDoor(plan, change, door))
    .map((door) => ({
      address: change.address,
      harm: 'open',
      why: `lets in ${describeDoor(door)}`,
      instead: 'name the security group or the network that needs to come in',
    }));
}

function newExposures({ type, address, before, after }: ResourceChange): readonly Finding[] {
  if (after === undefined) return [];
  return EXPOSURES.filter((exposure) => exposure.type === '*' || exposure.type === type).flatMap(({ what, exposed }) => {
    // A load balancer that is made public was meant so; one that becomes public was private.
    if (type === 'aws_lb' && before === undefined) return [];
    const earlier = before === undefined ? [] : exposed(before);
    const added = exposed(after).filter((name) => !earlier.includes(name));
    if (added.length === 0) return [];
    const names = added.filter((name) => name !== what);
    return [{ address, harm: 'open', why: `would be ${what}${names.length === 0 ? '' : `: ${names.join(', ')}`}` }];
  });
}

function newPrincipals({ type, address, before, after }: ResourceChange): readonly Finding[] {
  if (NOT_PUBLIC.includes(type)) return [];
  const earlier = new Set(policies(before).flatMap(({ statements }) => statements.map(({ identity }) => identity)));
  return policies(after).flatMap(({ name, statements }) =>
    statements
      .filter(({ identity }) => !earlier.has(identity))
      .map((statement) => ({
        address,
        harm: 'open',
        why: `${name} would allow everybody ${statement.actions.join(', ')} (${statement.name})`,
        instead: 'name the account, role or service, or a condition on who they are',
      })),
  );
}

function policies(attributes: Attributes | undefined) {
  return Object.entries(attributes ?? {}).map(([name, text]) => ({ name, statements: openStatements(text) }));
}
