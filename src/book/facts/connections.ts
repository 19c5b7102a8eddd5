/** Who may open connections to whom, out of the synthesised security groups and their rules. Pure. */
import { CLOUDFLARE_IPV4 } from '../../config/tables/cloudflare-ranges';
import type { Block, Modules } from '../../terraform/root-module';
import { allOf, blockAt, targetOf } from './references';

/** One direction between two parties. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  /** `5432`, `443`, `all`; sorted. */
  readonly ports: readonly string[];
  /** Terraform addresses of the rules. */
  readonly rules: readonly string[];
  /** Set where only one of the two groups has a rule, so that nothing passes. */
  readonly missing?: 'egress of the sender' | 'ingress of the receiver';
}

export interface Connections {
  /** Security groups, in the order of the stacks. */
  readonly groups: readonly string[];
  readonly connections: readonly Connection[];
}

interface Rule {
  readonly address: string;
  readonly direction: 'in' | 'out';
  /** The security group of the rule, and the other side. */
  readonly group: string;
  readonly peer: string;
  readonly port: string;
}

const INTERNET = 'internet';
const ALL = 'all';

export function connectionsOf(environment: string, modules: Modules): Connections {
  const name = namesOf(environment, modules);
  const rules = [
    ...rulesOf(modules, 'aws_vpc_security_group_ingress_rule', 'in', name),
    ...rulesOf(modules, 'aws_vpc_security_group_egress_rule', 'out', name),
  ];
  const groups = [...new Set(allOf(modules, 'aws_security_group').map(({ block }) => shortName(environment, block)))];
  const found = new Map<string, { from: string; to: string; ports: Set<string>; rules: string[]; missing: Set<string> }>();
  const managed = new Set(groups);
  for (const rule of rules) {
    const [from, to] = rule.direction === 'in' ? [rule.peer, rule.group] : [rule.group, rule.peer];
    const key = `${from}\n${to}`;
    const one = found.get(key) ?? { from, to, ports: new Set(), rules: [], missing: new Set() };
    one.ports.add(rule.port);
    one.rules.push(rule.address);
    if (!isAnswered(rule, rules, managed))
      one.missing.add(rule.direction === 'in' ? 'egress of the sender' : 'ingress of the receiver');
    found.set(key, one);
  }
  const connections = [...found.values()].map(({ from, to, ports, rules: addresses, missing }) => ({
    from,
    to,
    ports: [...ports].sort((one, other) => one.localeCompare(other, 'en', { numeric: true })),
    rules: addresses,
    missing: [...missing][0] as Connection['missing'],
  }));
  return { groups, connections };
}

/** Whether the group at the other end has the rule that this one needs. Groups that AWS creates admit every egress. */
function isAnswered({ direction, group, peer, port }: Rule, rules: readonly Rule[], managed: ReadonlySet<string>): boolean {
  if (!managed.has(peer)) return true;
  return rules.some(
    (other) =>
      other.direction !== direction &&
      other.group === peer &&
      (other.peer === group || other.peer === INTERNET) &&
      (other.port === port || other.port === ALL || port === ALL),
  );
}

type NameOf = (stack: string, value: unknown) => string;

function rulesOf(modules: Modules, type: string, direction: Rule['direction'], nameOf: NameOf): readonly Rule[] {
  return allOf(modules, type).map(({ stack, address, block }) => ({
    address,
    direction,
    group: nameOf(stack, block.security_group_id),
    peer: peerOf(stack, block, nameOf),
    port: portOf(block),
  }));
}

function peerOf(stack: string, block: Block, nameOf: NameOf): string {
  const { referenced_security_group_id: group, cidr_ipv4: cidr, cidr_ipv6: cidr6, prefix_list_id: list } = block;
  if (group !== undefined) return nameOf(stack, group);
  if (typeof list === 'string') return list.includes('cloudfront') ? 'CloudFront' : nameOf(stack, list);
  const network = String(cidr ?? cidr6);
  if (network === '0.0.0.0/0' || network === '::/0') return INTERNET;
  return CLOUDFLARE_IPV4.includes(network) ? 'Cloudflare' : nameOf(stack, network);
}

function portOf({ ip_protocol: protocol, from_port: from, to_port: to }: Block): string {
  if (protocol === '-1') return ALL;
  const range = from === to ? String(from) : `${String(from)}-${String(to)}`;
  return protocol === 'tcp' ? range : `${range}/${String(protocol)}`;
}

/** Names for the values that rules refer to. */
function namesOf(environment: string, modules: Modules): NameOf {
  const subnets = new Map(
    allOf(modules, 'aws_subnet').map(({ block, name }) => [block.cidr_block, /_(public|private|isolated)-/.exec(name)?.[1]]),
  );
  return (stack, value) => {
    const target = targetOf(modules, stack, value);
    if (target === undefined) {
      const kind = subnets.get(value);
      return kind === undefined ? String(value) : `${kind} subnets`;
    }
    if (target.address.startsWith('aws_eks_cluster.')) return 'nodes and pods';
    const block = blockAt(modules, target);
    return block === undefined ? target.address : shortName(environment, block);
  };
}

/** The name of a security group without what every name has. */
function shortName(environment: string, { name, description }: Block): string {
  const full = typeof name === 'string' ? name : String(description);
  return full.replace(`${environment}-`, '').replace(/-tasks$/, '');
}
