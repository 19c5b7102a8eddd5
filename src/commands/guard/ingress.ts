/** Doors in security groups, however they are written: as a rule of their own, or inside the group. Pure. */
import type { Attributes, ConfiguredResource, Plan, ResourceChange } from './plan';

/** From whom, and to which ports. */
export interface IngressPath {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly cidr: string;
}

/**
 * Networks at least this large are the world: `0.0.0.0/1` twice is `0.0.0.0/0` in disguise, and no private range is
 * larger than `10.0.0.0/8`.
 */
const LARGEST_PREFIX = { ipv4: 8, ipv6: 16 } as const;

/** Whether the network is the whole internet or an undisguised part of it. */
export function isWorld(cidr: string): boolean {
  const [address = '', prefix = ''] = cidr.split('/');
  const bits = Number.parseInt(prefix, 10);
  return bits < (address.includes(':') ? LARGEST_PREFIX.ipv6 : LARGEST_PREFIX.ipv4);
}

/** The doors that a resource opens to the world; none for types that open none. */
export function worldDoors(type: string, attributes: Attributes | undefined): readonly IngressPath[] {
  if (attributes === undefined) return [];
  return doors(type, attributes).filter(({ cidr }) => isWorld(cidr));
}

function doors(type: string, attributes: Attributes): readonly IngressPath[] {
  switch (type) {
    case 'aws_vpc_security_group_ingress_rule':
      return [attributes.cidr_ipv4, attributes.cidr_ipv6].flatMap((cidr) => door(attributes, attributes.ip_protocol, cidr));
    case 'aws_security_group_rule':
      return attributes.type === 'ingress' ? inlineDoors(attributes) : [];
    case 'aws_security_group':
    case 'aws_default_security_group':
      return listOf(attributes.ingress).flatMap((rule) => inlineDoors(rule as Attributes));
    default:
      return [];
  }
}

function inlineDoors(rule: Attributes): readonly IngressPath[] {
  return [...listOf(rule.cidr_blocks), ...listOf(rule.ipv6_cidr_blocks)].flatMap((cidr) => door(rule, rule.protocol, cidr));
}

function door({ from_port: from, to_port: to }: Attributes, protocol: unknown, cidr: unknown): readonly IngressPath[] {
  if (typeof cidr !== 'string') return [];
  const name = protocol === -1 || protocol === 'all' ? '-1' : String(protocol).toLowerCase();
  // All protocols means all ports, whatever the ports say.
  const isAll = name === '-1' || typeof from !== 'number' || typeof to !== 'number';
  return [{ protocol: name, from: isAll ? 0 : from, to: isAll ? 65535 : to, cidr }];
}

/** Whether one door is no wider than another. */
export function isWithin(narrow: IngressPath, wide: IngressPath): boolean {
  const sameProtocol = wide.protocol === '-1' || narrow.protocol === wide.protocol;
  const sameFamily = narrow.cidr.includes(':') === wide.cidr.includes(':');
  return sameProtocol && sameFamily && isWorld(wide.cidr) && wide.from <= narrow.from && narrow.to <= wide.to;
}

export function describeDoor({ protocol, from, to, cidr }: IngressPath): string {
  const ports = protocol === '-1' ? 'every port' : `${protocol} ${from === to ? from : `${from}-${to}`}`;
  return `${ports} from ${cidr}`;
}

/** HTTP and HTTPS: what a front door is for. */
const FRONT_PORTS: readonly number[] = [80, 443];

/**
 * Whether the door is the front door that an environment's routes or sites ask for: HTTP or HTTPS, into the group of a
 * load balancer that faces the internet or of a host with an address of its own. Only what the plan's configuration
 * shows counts; without it nothing is a front door.
 */
export function isFrontDoor(plan: Plan, { address }: ResourceChange, { protocol, from, to }: IngressPath): boolean {
  if (protocol !== 'tcp' || from !== to || !FRONT_PORTS.includes(from)) return false;
  const rule = plan.configured.find((resource) => resource.address === address);
  const groups = (rule?.references.security_group_id ?? []).filter((reference) => /^aws_security_group\.[^.]+$/.test(reference));
  return groups.length === 1 && groups.every((group) => frontGroups(plan).has(group));
}

function frontGroups({ configured }: Plan): ReadonlySet<string> {
  const addressed = new Set(
    configured
      .filter(({ type }) => type === 'aws_eip_association')
      .flatMap(({ references }) => [...(references.instance_id ?? []), ...(references.network_interface_id ?? [])]),
  );
  return new Set(
    configured.flatMap(({ type, address, references, constants }) => {
      if (type === 'aws_lb') return facesInternet(references, constants) ? (references.security_groups ?? []) : [];
      if (!addressed.has(address)) return [];
      return [...(references.vpc_security_group_ids ?? []), ...(references.security_groups ?? [])];
    }),
  );
}

/** AWS's default; a value that the configuration does not show may be the other one. */
function facesInternet(references: ConfiguredResource['references'], { internal }: Attributes): boolean {
  return internal === false || !('internal' in references);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
