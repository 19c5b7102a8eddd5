/** Regions, VPCs, subnets and the ways out of them. */
import type { Place } from '../types';
import { keyOf, textOf, type Estate, type Found } from './estate';
import { count, facts, type Graph } from './graph';

export const INTERNET = 'internet';
export const GLOBAL = 'global';

const SUBNETS = {
  public: 'Public subnets',
  private: 'Private subnets',
  isolated: 'Isolated subnets',
} as const;

type SubnetKind = keyof typeof SUBNETS;

/** Adds the group of a region, and returns its id. */
export function addRegion(graph: Graph, region: string): string {
  return graph.addGroup({ id: `region/${region}`, kind: 'region', title: `Region ${region}`, addresses: [], facts: [] });
}

/** Adds what is outside of AWS on both sides of the environment, and returns its id. */
export function addInternet(graph: Graph, addresses: readonly Place[]): string {
  return graph.addNode({
    id: INTERNET,
    kind: 'internet',
    title: 'Internet',
    lines: ['visitors and other services'],
    addresses,
    facts: [],
  });
}

/** Adds the group of what AWS serves from all of its locations. */
export function addGlobal(graph: Graph): string {
  return graph.addGroup({ id: GLOBAL, kind: 'global', title: 'Edge', subtitle: 'worldwide', addresses: [], facts: [] });
}

export function addNetwork(graph: Graph, estate: Estate): void {
  for (const vpc of estate.all('aws_vpc')) addVpc(graph, estate, vpc);
  addNatGateways(graph, estate);
  addNatInstances(graph, estate);
  addRoutes(graph, estate);
  addInterfaceEndpoints(graph, estate);
}

function addVpc(graph: Graph, estate: Estate, { place, block, region }: Found): void {
  const ofVpc = (found: Found): boolean => isIn(estate, found, place);
  const endpoints = estate.all('aws_vpc_endpoint').filter((found) => ofVpc(found) && found.block.vpc_endpoint_type === 'Gateway');
  const services = endpoints.map((endpoint) => lastPart(textOf(endpoint.block.service_name))).sort();
  const vpc = graph.addGroup({
    id: keyOf(place),
    kind: 'vpc',
    parent: addRegion(graph, region),
    title: 'VPC',
    subtitle: [textOf(block.cidr_block), ...(services.length > 0 ? [`gateway endpoints: ${services.join(', ')}`] : [])].join(
      ' · ',
    ),
    addresses: [place, ...endpoints.map((endpoint) => endpoint.place)],
    facts: facts({ Network: textOf(block.cidr_block), 'Gateway endpoints': services.join(', ') }),
  });
  addSubnets(graph, estate, vpc, estate.all('aws_subnet').filter(ofVpc));
}

function addSubnets(graph: Graph, estate: Estate, vpc: string, subnets: readonly Found[]): void {
  if (subnets.length === 0) return;
  const zones = zonesOf(subnets);
  const parent = graph.addGroup({
    id: `${vpc}/zones`,
    kind: 'zones',
    parent: vpc,
    title: zones.length === 1 ? 'Availability zone' : `${zones.length} availability zones`,
    subtitle: zones.join(', '),
    addresses: [],
    facts: facts({ Zones: zones.join(', ') }),
  });
  for (const kind of Object.keys(SUBNETS) as SubnetKind[]) {
    const some = subnets.filter((subnet) => kindOfSubnet(estate, subnet) === kind);
    if (some.length === 0) continue;
    graph.addGroup({
      id: `${vpc}/${kind}`,
      kind: 'subnets',
      parent,
      title: `${SUBNETS[kind]} ×${some.length}`,
      addresses: some.map(({ place }) => place),
      facts: some.map(({ block }) => ({ label: textOf(block.availability_zone), value: textOf(block.cidr_block) })),
    });
  }
}

/** By the subnet's name, which says what it is for; a subnet of another name is what its routes make it. */
function kindOfSubnet(estate: Estate, { name, place }: Found): SubnetKind {
  const named = /(?:^|[_-])(public|private|isolated)-/.exec(name)?.[1];
  if (named !== undefined) return named as SubnetKind;
  const route = defaultRoutes(estate).find(({ subnets }) => subnets.some((subnet) => keyOf(subnet) === keyOf(place)));
  if (route === undefined) return 'isolated';
  return estate.referencesOf(route.found.place.stack, route.found.block, 'aws_internet_gateway').length > 0
    ? 'public'
    : 'private';
}

/** The routes to everywhere, with the subnets that use them. */
function defaultRoutes(estate: Estate): readonly { readonly found: Found; readonly subnets: readonly Place[] }[] {
  const associations = estate.all('aws_route_table_association');
  return estate
    .all('aws_route')
    .filter(({ block }) => block.destination_cidr_block === '0.0.0.0/0')
    .map((found) => {
      const [table] = estate.referencesOf(found.place.stack, found.block.route_table_id, 'aws_route_table');
      const using = associations.filter(({ place, block }) =>
        estate
          .referencesOf(place.stack, block.route_table_id, 'aws_route_table')
          .some((one) => table !== undefined && keyOf(one) === keyOf(table)),
      );
      return {
        found,
        subnets: using.flatMap(({ place, block }) => estate.referencesOf(place.stack, block.subnet_id, 'aws_subnet')),
      };
    });
}

function addNatGateways(graph: Graph, estate: Estate): void {
  for (const { place, block } of estate.all('aws_nat_gateway')) {
    const subnets = estate.referencesOf(place.stack, block.subnet_id, 'aws_subnet');
    const group = graph.firstAt(subnets);
    if (group === undefined) continue;
    const id = `${group}/nat`;
    const addresses = [place, ...estate.referencesOf(place.stack, block.allocation_id, 'aws_eip')];
    graph.addNode({ id, kind: 'nat', group, title: 'NAT gateway', lines: [], addresses, facts: [] });
  }
  for (const node of graph.ofKind('nat')) {
    const subnets = node.addresses.flatMap((place) =>
      estate.referencesOf(place.stack, estate.blockAt(place)?.subnet_id, 'aws_subnet'),
    );
    describeZones(graph, estate, node.id, subnets);
  }
}

/** A NAT instance is an Auto Scaling group of the network with one member, whose address is a network interface. */
function addNatInstances(graph: Graph, estate: Estate): void {
  for (const { place, block } of estate.all('aws_network_interface')) {
    if (!place.stack.endsWith('-network')) continue;
    const subnets = estate.referencesOf(place.stack, block.subnet_id, 'aws_subnet');
    const groups = estate.all('aws_autoscaling_group').filter((group) => group.place.stack === place.stack);
    const templates = estate.all('aws_launch_template').filter((template) => template.place.stack === place.stack);
    const type = textOf(templates[0]?.block.instance_type);
    const id = graph.addNode({
      id: keyOf(place),
      kind: 'nat',
      group: graph.firstAt(subnets),
      title: 'NAT instance',
      lines: type === '' ? [] : [type],
      addresses: [place, ...groups.map((group) => group.place), ...templates.map((template) => template.place)],
      facts: facts({ 'Instance type': type }),
    });
    graph.join(estate.referencesOf(place.stack, block.security_groups, 'aws_security_group'), { id });
    describeZones(graph, estate, id, subnets);
  }
}

/** Arrows for the ways out: private subnets to their NAT, and NAT to the internet. */
function addRoutes(graph: Graph, estate: Estate): void {
  for (const { found, subnets } of defaultRoutes(estate)) {
    const nat = graph.firstAt(estate.referencesOf(found.place.stack, found.block, 'aws_nat_gateway', 'aws_network_interface'));
    if (nat === undefined) continue;
    for (const subnet of subnets) {
      const from = graph.at(subnet);
      if (from !== undefined) graph.addEdge('outbound', { from, to: nat, allowedBy: [found.place] });
    }
    graph.addEdge('outbound', { from: nat, to: addInternet(graph, []), allowedBy: [found.place] });
  }
}

function addInterfaceEndpoints(graph: Graph, estate: Estate): void {
  for (const { place, block } of estate.all('aws_vpc_endpoint')) {
    if (block.vpc_endpoint_type !== 'Interface') continue;
    const group = graph.firstAt(estate.referencesOf(place.stack, block.subnet_ids, 'aws_subnet'));
    if (group === undefined) continue;
    const service = lastPart(textOf(block.service_name));
    const id = graph.addNode({
      id: `${group}/endpoints`,
      kind: 'endpoint',
      group,
      title: 'Interface endpoints',
      lines: [],
      addresses: [place],
      facts: facts({ Service: service }),
    });
    const groups = estate.referencesOf(place.stack, block.security_group_ids, 'aws_security_group');
    if (graph.membersOf(groups[0] ?? place).length === 0) graph.join(groups, { id });
  }
}

/** Where something that is in some subnets is drawn, and the line that says in how many zones. */
export function whereIn(
  graph: Graph,
  estate: Estate,
  subnets: readonly Place[],
): { readonly group?: string; readonly line?: string } {
  const group = graph.firstAt(subnets);
  return { group, line: zoneLine(estate, subnets) };
}

function zoneLine(estate: Estate, subnets: readonly Place[]): string | undefined {
  const zones = new Set(subnets.map((subnet) => textOf(estate.blockAt(subnet)?.availability_zone)));
  const [first] = zones;
  return zones.size === 0 ? undefined : zones.size === 1 ? `in ${first}` : `×${count(zones.size, 'zone')}`;
}

function describeZones(graph: Graph, estate: Estate, id: string, subnets: readonly Place[]): void {
  const node = graph.node(id);
  const line = zoneLine(estate, subnets);
  if (node !== undefined && line !== undefined) graph.addNode({ ...node, lines: [line], addresses: [], facts: [] });
}

function isIn(estate: Estate, { place, block }: Found, vpc: Place): boolean {
  return estate.referencesOf(place.stack, block.vpc_id, 'aws_vpc').some((one) => keyOf(one) === keyOf(vpc));
}

const zonesOf = (subnets: readonly Found[]): readonly string[] =>
  [...new Set(subnets.map(({ block }) => textOf(block.availability_zone)))].sort();

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
