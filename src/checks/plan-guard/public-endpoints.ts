/** Which ingress from the internet is the public endpoint that an environment's routes or sites ask for. Pure. */
import { STATEFUL_TYPES } from '../guarded-types/stateful-types';
import type { IngressPath } from './ingress';
import type { Attributes, ConfiguredResource, Plan, ResourceChange } from './plan';

/** HTTP and HTTPS. */
const PUBLIC_PORTS: readonly number[] = [80, 443];

const STATEFUL: ReadonlySet<string> = new Set(STATEFUL_TYPES.map(({ type }) => type));

/**
 * Whether the path is a public endpoint: HTTP or HTTPS, into the group of an internet-facing load balancer or of a host with an
 * Elastic IP, which nothing that holds data uses too. Only what the plan's configuration shows counts.
 */
export function isPublicEndpoint(plan: Plan, { address }: ResourceChange, { protocol, from, to }: IngressPath): boolean {
  if (protocol !== 'tcp' || from !== to || !PUBLIC_PORTS.includes(from)) return false;
  const rule = plan.configured.find((resource) => resource.address === address);
  const groups = (rule?.references.security_group_id ?? []).filter(isGroup);
  return groups.length === 1 && groups.every((group) => publicGroups(plan).has(group));
}

const isGroup = (reference: string): boolean => /^aws_security_group\.[^.]+$/.test(reference);

function publicGroups({ configured }: Plan): ReadonlySet<string> {
  const addressed = new Set(
    configured
      .filter(({ type }) => type === 'aws_eip_association')
      .flatMap(({ references }) => [...(references.instance_id ?? []), ...(references.network_interface_id ?? [])]),
  );
  const shared = new Set(configured.filter(({ type }) => STATEFUL.has(type)).flatMap(groupsOf));
  return new Set(
    configured
      .flatMap(({ type, address, references, constants }) => {
        if (type === 'aws_lb') return isInternetFacing(references, constants) ? (references.security_groups ?? []) : [];
        if (!addressed.has(address)) return [];
        return [...(references.vpc_security_group_ids ?? []), ...(references.security_groups ?? [])];
      })
      .filter((group) => !shared.has(group)),
  );
}

function groupsOf({ references }: ConfiguredResource): readonly string[] {
  return [...(references.vpc_security_group_ids ?? []), ...(references.security_group_ids ?? [])];
}

/** Internet-facing is AWS's default; a value that the configuration does not show may be the other one. */
function isInternetFacing(references: ConfiguredResource['references'], { internal }: Attributes): boolean {
  return internal === false || !('internal' in references);
}

/**
 * Security groups of a new internet-facing load balancer that something else has too: those of what holds data, and those of
 * another stack.
 */
export function foreignGroups(plan: Plan, { type, address, before, after }: ResourceChange): readonly string[] {
  if (type !== 'aws_lb' || before !== undefined || after?.internal === true) return [];
  const references = plan.configured.find((resource) => resource.address === address)?.references.security_groups ?? [];
  const shared = new Set(plan.configured.filter((other) => STATEFUL.has(other.type)).flatMap(groupsOf));
  return references.filter(
    (reference) =>
      /^data\.terraform_remote_state\.\w[^.]*\.outputs\b.+/.test(reference) || (isGroup(reference) && shared.has(reference)),
  );
}
