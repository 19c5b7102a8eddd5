/** Arrows with ports: what security groups allow. A connection needs a rule on both sides. */
import { CLOUDFLARE_IPV4 } from '../../../config/tables/cloudflare-ranges';
import type { Block } from '../../../terraform/root-module';
import type { Place } from '../types';
import { keyOf, textOf, type Estate, type Found } from './estate';
import { facts, type Graph } from './graph';
import { addGlobal, addInternet } from './network';

const PROXY_NETWORK = 'cloudflare';

const EVERYWHERE: readonly unknown[] = ['0.0.0.0/0', '::/0'];
const FROM_CLOUDFRONT = 'com.amazonaws.global.cloudfront.origin-facing';

/** The ports of a rule: one, a range, `53/udp`, or `all`. */
export function portsOf({ ip_protocol: protocol, from_port: from, to_port: to }: Block): readonly string[] {
  if (protocol === '-1' || from === undefined) return ['all'];
  const range = from === to ? textOf(from) : `${textOf(from)}–${textOf(to)}`;
  return [protocol === 'tcp' ? range : `${range}/${textOf(protocol)}`];
}

export function addTraffic(graph: Graph, estate: Estate): void {
  const egress = estate.all('aws_vpc_security_group_egress_rule');
  for (const rule of estate.all('aws_vpc_security_group_ingress_rule')) addIngress(graph, estate, rule, egress);
  for (const rule of egress) addWayOut(graph, estate, rule);
}

/** Says of Cloudflare's proxy when the origin admits it and no name leads through it. */
export function addUnnamedProxy(graph: Graph): void {
  for (const { id, lines } of graph.ofKind('proxy-network')) if (lines.length === 0) graph.addLine(id, 'no name leads here now');
}

function addIngress(graph: Graph, estate: Estate, rule: Found, egress: readonly Found[]): void {
  const { place, block } = rule;
  const ports = portsOf(block);
  const [group] = estate.referencesOf(place.stack, block.security_group_id, 'aws_security_group');
  if (group === undefined) return;
  for (const to of graph.membersOf(group, ports[0])) {
    const [source] = estate.referencesOf(place.stack, block.referenced_security_group_id, 'aws_security_group');
    if (source !== undefined) addBetween(graph, estate, { rule, source, group, to, egress });
    const cidr = textOf(block.cidr_ipv4, textOf(block.cidr_ipv6));
    // What private subnets send through a NAT instance is drawn as the way out.
    if (cidr !== '' && graph.node(to)?.kind !== 'nat') addAdmitted(graph, estate, { cidr, to, ports, allowedBy: [place] });
    if (isCloudFront(estate, rule)) {
      for (const { id } of graph.ofKind('distribution')) graph.addEdge('traffic', { from: id, to, ports, allowedBy: [place] });
    }
  }
}

interface Between {
  readonly rule: Found;
  readonly source: Place;
  readonly group: Place;
  readonly to: string;
  readonly egress: readonly Found[];
}

function addBetween(graph: Graph, estate: Estate, { rule, source, group, to, egress }: Between): void {
  const ports = portsOf(rule.block);
  const out = egress.find(
    ({ place, block }) =>
      isSame(estate.referencesOf(place.stack, block.security_group_id, 'aws_security_group')[0], source) &&
      [...ports, 'all'].some((port) => portsOf(block).includes(port)) &&
      (isSame(estate.referencesOf(place.stack, block.referenced_security_group_id, 'aws_security_group')[0], group) ||
        EVERYWHERE.includes(block.cidr_ipv4)),
  );
  if (out === undefined) return;
  for (const from of graph.membersOf(source)) graph.addEdge('traffic', { from, to, ports, allowedBy: [rule.place, out.place] });
}

interface Admitted {
  readonly cidr: string;
  readonly to: string;
  readonly ports: readonly string[];
  readonly allowedBy: readonly Place[];
}

/** An arrow from whom a network is: the internet, Cloudflare's proxies, a subnet, or networks that the environment admits. */
export function addAdmitted(graph: Graph, estate: Estate, { cidr, to, ports, allowedBy }: Admitted): void {
  graph.addEdge('traffic', { from: sourceOf(graph, estate, cidr, allowedBy), to, ports, allowedBy });
}

function sourceOf(graph: Graph, estate: Estate, cidr: string, addresses: readonly Place[]): string {
  if (EVERYWHERE.includes(cidr)) return addInternet(graph, addresses);
  if (CLOUDFLARE_IPV4.includes(cidr)) return addCloudflare(graph, addresses);
  const subnet = estate.all('aws_subnet').find(({ block }) => block.cidr_block === cidr);
  const inside = subnet === undefined ? undefined : graph.at(subnet.place);
  if (inside !== undefined) return inside;
  return graph.addNode({
    id: 'admitted-networks',
    kind: 'admitted-networks',
    title: 'Admitted networks',
    lines: [cidr],
    addresses,
    facts: facts({ Network: cidr }),
  });
}

/** Cloudflare's proxies, with names or without. */
export function addCloudflare(graph: Graph, addresses: readonly Place[], lines: readonly string[] = []): string {
  return graph.addNode({
    id: PROXY_NETWORK,
    kind: 'proxy-network',
    group: addGlobal(graph),
    title: 'Cloudflare proxy',
    lines,
    addresses,
    facts: lines.map((value) => ({ label: 'Name', value })),
  });
}

/** What has a public address in a public subnet goes out through the internet gateway; the rest through NAT. */
function addWayOut(graph: Graph, estate: Estate, { place, block }: Found): void {
  if (!EVERYWHERE.includes(block.cidr_ipv4)) return;
  const [group] = estate.referencesOf(place.stack, block.security_group_id, 'aws_security_group');
  const ports = portsOf(block);
  for (const id of group === undefined ? [] : graph.membersOf(group)) {
    if (graph.node(id)?.kind === 'nat') continue;
    if (graph.ancestor(id, 'subnets')?.id.endsWith('/public') === true) {
      graph.addEdge('outbound', { from: id, to: addInternet(graph, []), ports, allowedBy: [place] });
    } else graph.addFacts(id, { 'Outbound through NAT': ports.join(', ') });
  }
}

function isCloudFront(estate: Estate, { place, block }: Found): boolean {
  return estate
    .referencesOf(place.stack, block.prefix_list_id, 'data.aws_ec2_managed_prefix_list')
    .some((list) => estate.blockAt(list)?.name === FROM_CLOUDFRONT);
}

const isSame = (one: Place | undefined, other: Place): boolean => one !== undefined && keyOf(one) === keyOf(other);
