/** Ingress of security groups, as separate rules or inside the group. Pure. */
import { nestedBlocks } from '../../terraform/root-module';
import type { Attributes, ConfiguredResource, Plan, ResourceChange } from './plan';

/** Who may reach which ports. */
export interface IngressPath {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly cidr: string;
}

/**
 * Networks with a shorter prefix count as the internet: `0.0.0.0/1` twice is `0.0.0.0/0`, and no private range is larger
 * than `10.0.0.0/8`.
 */
const LONGEST_PUBLIC_PREFIX = { ipv4: 8, ipv6: 16 } as const;

/** Whether a network is the internet or a large part of it. */
export function isInternet(cidr: string): boolean {
  const [address = '', prefix = ''] = cidr.split('/');
  const bits = Number.parseInt(prefix, 10);
  return bits < (address.includes(':') ? LONGEST_PUBLIC_PREFIX.ipv6 : LONGEST_PUBLIC_PREFIX.ipv4);
}

/** The ingress from the internet that a resource allows; none for types without ingress. */
export function internetIngress(type: string, attributes: Attributes | undefined): readonly IngressPath[] {
  return attributes === undefined ? [] : ingressOf(type, attributes).filter(({ cidr }) => isInternet(cidr));
}

function ingressOf(type: string, attributes: Attributes): readonly IngressPath[] {
  switch (type) {
    case 'aws_vpc_security_group_ingress_rule':
      return [attributes.cidr_ipv4, attributes.cidr_ipv6].flatMap((cidr) => path(attributes, attributes.ip_protocol, cidr));
    case 'aws_security_group_rule':
      return attributes.type === 'ingress' ? rulePaths(attributes) : [];
    case 'aws_security_group':
    case 'aws_default_security_group':
      return nestedBlocks(attributes.ingress).flatMap(rulePaths);
    default:
      return [];
  }
}

function rulePaths(rule: Attributes): readonly IngressPath[] {
  return [rule.cidr_blocks, rule.ipv6_cidr_blocks]
    .flatMap((cidrs) => (Array.isArray(cidrs) ? (cidrs as readonly unknown[]) : []))
    .flatMap((cidr) => path(rule, rule.protocol, cidr));
}

function path({ from_port: from, to_port: to }: Attributes, protocol: unknown, cidr: unknown): readonly IngressPath[] {
  if (typeof cidr !== 'string') return [];
  const name = protocol === -1 || protocol === 'all' ? '-1' : String(protocol).toLowerCase();
  // All protocols means all ports, whatever the ports say.
  const isAll = name === '-1' || typeof from !== 'number' || typeof to !== 'number';
  return [{ protocol: name, from: isAll ? 0 : from, to: isAll ? 65535 : to, cidr }];
}

/** Whether one path is no wider than another. */
export function isWithin(narrow: IngressPath, wide: IngressPath): boolean {
  const sameProtocol = wide.protocol === '-1' || narrow.protocol === wide.protocol;
  const sameFamily = narrow.cidr.includes(':') === wide.cidr.includes(':');
  return sameProtocol && sameFamily && isInternet(wide.cidr) && wide.from <= narrow.from && narrow.to <= wide.to;
}

export function describeIngress({ protocol, from, to, cidr }: IngressPath): string {
  const ports = protocol === '-1' ? 'every port' : `${protocol} ${from === to ? from : `${from}-${to}`}`;
  return `${ports} from ${cidr}`;
}

/** HTTP and HTTPS. */
const PUBLIC_PORTS: readonly number[] = [80, 443];

/**
 * Whether the path is the public endpoint that an environment's routes or sites ask for: HTTP or HTTPS, into the group of
 * an internet-facing load balancer or of a host with an Elastic IP. Only what the plan's configuration shows counts.
 */
export function isPublicEndpoint(plan: Plan, { address }: ResourceChange, { protocol, from, to }: IngressPath): boolean {
  if (protocol !== 'tcp' || from !== to || !PUBLIC_PORTS.includes(from)) return false;
  const rule = plan.configured.find((resource) => resource.address === address);
  const groups = (rule?.references.security_group_id ?? []).filter((reference) => /^aws_security_group\.[^.]+$/.test(reference));
  return groups.length === 1 && groups.every((group) => publicGroups(plan).has(group));
}

function publicGroups({ configured }: Plan): ReadonlySet<string> {
  const addressed = new Set(
    configured
      .filter(({ type }) => type === 'aws_eip_association')
      .flatMap(({ references }) => [...(references.instance_id ?? []), ...(references.network_interface_id ?? [])]),
  );
  return new Set(
    configured.flatMap(({ type, address, references, constants }) => {
      if (type === 'aws_lb') return isInternetFacing(references, constants) ? (references.security_groups ?? []) : [];
      if (!addressed.has(address)) return [];
      return [...(references.vpc_security_group_ids ?? []), ...(references.security_groups ?? [])];
    }),
  );
}

/** Internet-facing is AWS's default; a value that the configuration does not show may be the other one. */
function isInternetFacing(references: ConfiguredResource['references'], { internal }: Attributes): boolean {
  return internal === false || !('internal' in references);
}
