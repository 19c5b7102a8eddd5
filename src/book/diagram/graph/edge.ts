/** What is in front of the services: names, CloudFront, Cloudflare, web ACLs, static frontends. */
import { isObject, nestedBlocks } from '../../../terraform/root-module';
import type { Place } from '../types';
import { keyOf, textOf, type Estate, type Found } from './estate';
import { count, facts, type Graph } from './graph';
import { addGlobal, addInternet, addRegion } from './network';
import { addCloudflare } from './traffic';

const ADDRESS_TYPES: readonly unknown[] = ['A', 'AAAA', 'CNAME'];

export function addFrontends(graph: Graph, estate: Estate): void {
  for (const found of estate.all('aws_amplify_app')) addAmplify(graph, estate, found);
  for (const found of estate.all('cloudflare_pages_project')) addPages(graph, found);
}

export function addEdge(graph: Graph, estate: Estate): void {
  for (const found of estate.all('aws_cloudfront_distribution')) addDistribution(graph, found);
  for (const found of records(estate)) addName(graph, estate, found);
  for (const found of estate.all('aws_cloudfront_distribution')) addOrigins(graph, estate, found);
  for (const found of estate.all('aws_wafv2_web_acl')) addWebAcl(graph, estate, found);
  for (const found of estate.all('aws_route53_health_check')) addHealthCheck(graph, found);
  for (const { id, addresses } of graph.ofKind('frontend')) {
    const served = graph.collected().edges.some(({ kind, to }) => kind === 'traffic' && to === id);
    if (!served) graph.addEdge('traffic', { from: addInternet(graph, []), to: id, ports: ['443'], allowedBy: addresses });
  }
}

function addAmplify(graph: Graph, estate: Estate, { place, block }: Found): void {
  const branches = estate
    .all('aws_amplify_branch')
    .filter((branch) => estate.references(branch.place.stack, branch.block.app_id).some((one) => keyOf(one) === keyOf(place)));
  graph.addNode({
    id: keyOf(place),
    kind: 'frontend',
    group: addGlobal(graph),
    title: textOf(block.name),
    lines: ['Frontend · Amplify'],
    addresses: [place, ...branches.map((branch) => branch.place)],
    facts: facts({ Branches: branches.map((branch) => textOf(branch.block.branch_name)).join(', ') }),
  });
}

function addPages(graph: Graph, { place, block }: Found): void {
  graph.addNode({
    id: keyOf(place),
    kind: 'frontend',
    group: addGlobal(graph),
    title: textOf(block.name),
    lines: ['Frontend · Cloudflare Pages'],
    addresses: [place],
    facts: facts({ 'Production branch': textOf(block.production_branch) }),
  });
}

function addDistribution(graph: Graph, { place, block }: Found): void {
  const aliases = Array.isArray(block.aliases) ? block.aliases.map((alias) => textOf(alias)) : [];
  const id = graph.addNode({
    id: keyOf(place),
    kind: 'distribution',
    group: addGlobal(graph),
    title: 'CloudFront',
    lines: shortened(aliases),
    addresses: [place],
    facts: facts({
      Names: aliases.join(', '),
      'Price class': textOf(block.price_class),
      'HTTP version': textOf(block.http_version),
    }),
  });
  graph.addEdge('traffic', { from: addInternet(graph, []), to: id, ports: ['80', '443'], allowedBy: [place] });
}

/** An origin is a resource, or a name whose record leads to one. */
function addOrigins(graph: Graph, estate: Estate, { place, block }: Found): void {
  for (const origin of nestedBlocks(block.origin)) {
    const throughVpc = estate
      .referencesOf(place.stack, origin, 'aws_cloudfront_vpc_origin')
      .flatMap((one) => estate.references(one.stack, estate.blockAt(one)));
    const found = [
      ...throughVpc,
      ...estate.references(place.stack, origin.domain_name),
      ...targetsOf(estate, textOf(origin.domain_name)),
    ];
    const to = graph.firstAt(found);
    const custom = nestedBlocks(origin.custom_origin_config)[0];
    const ports = [textOf(custom?.https_port, '443')];
    if (to !== undefined) graph.addEdge('traffic', { from: keyOf(place), to, ports, allowedBy: [place] });
  }
}

interface NameRecord extends Found {
  readonly provider: 'Route 53' | 'Cloudflare';
}

/** Records of the environment and of shared zones. */
function records(estate: Estate): readonly NameRecord[] {
  return [
    ...estate.everywhere('aws_route53_record').map((found) => ({ ...found, provider: 'Route 53' as const })),
    ...estate.everywhere('cloudflare_dns_record').map((found) => ({ ...found, provider: 'Cloudflare' as const })),
  ].filter(({ block, name }) => ADDRESS_TYPES.includes(block.type) && !name.startsWith('certificate_'));
}

/** What a record's value leads to; a host name leads on to the records of that name. */
function valueOf(estate: Estate, { place, block }: Found): readonly Place[] {
  const listed: readonly unknown[] = Array.isArray(block.records) ? block.records : [];
  const values = isObject(block.alias) ? [block.alias.name] : [block.content, ...listed];
  return values.flatMap((value) => [
    ...estate.references(place.stack, value),
    ...targetsOf(estate, estate.literal(place.stack, value), textOf(block.name)),
  ]);
}

/** What the records of a host name lead to. @param from the name that leads here, which does not lead on to itself */
function targetsOf(estate: Estate, host: string, from?: string): readonly Place[] {
  if (host === '' || host === from || host.includes('${')) return [];
  return records(estate).flatMap((record) => (record.block.name === host ? valueOf(estate, record) : []));
}

function addName(graph: Graph, estate: Estate, record: NameRecord): void {
  const { place, block, provider } = record;
  const to = graph.firstAt(valueOf(estate, record));
  const name = textOf(block.name);
  if (to === undefined) return;
  if (block.proxied === true) {
    addProxied(graph, place, name, to);
    return;
  }
  if (graph.node(to)?.kind === 'load-balancer' && block.type !== 'AAAA') graph.addLine(to, name);
  graph.addFacts(to, { Name: name });
  graph.addNode({
    id: `names/${provider}`,
    kind: 'names',
    group: addGlobal(graph),
    title: `${provider} DNS`,
    lines: [name],
    addresses: [place],
    facts: [{ label: `${textOf(block.type)} ${name}`, value: graph.node(to)?.title ?? graph.group(to)?.title ?? to }],
  });
}

function addProxied(graph: Graph, place: Place, name: string, to: string): void {
  const id = addCloudflare(graph, [place], [name]);
  graph.addEdge('traffic', { from: addInternet(graph, []), to: id, ports: ['80', '443'], allowedBy: [place] });
  if (graph.node(to)?.kind === 'frontend') graph.addEdge('traffic', { from: id, to, ports: ['443'], allowedBy: [place] });
}

function addWebAcl(graph: Graph, estate: Estate, { place, block, region }: Found): void {
  const forCloudFront = block.scope === 'CLOUDFRONT';
  const rules = nestedBlocks(block.rule).map(({ name }) => textOf(name));
  const id = graph.addNode({
    id: keyOf(place),
    kind: 'web-acl',
    group: forCloudFront ? addGlobal(graph) : addRegion(graph, region),
    title: 'Web ACL',
    lines: [`AWS WAF · ${count(rules.length, 'rule')}`],
    addresses: [place],
    facts: facts({ Rules: rules.join(', ') }),
  });
  const guarded = [
    ...estate.all('aws_cloudfront_distribution').map((found) => ({ found, acl: found.block.web_acl_id, target: [found.place] })),
    ...estate.all('aws_wafv2_web_acl_association').map((found) => ({
      found,
      acl: found.block.web_acl_arn,
      target: estate.references(found.place.stack, found.block.resource_arn),
    })),
    ...estate.all('kubernetes_ingress_v1').map((found) => ({ found, acl: found.block.metadata, target: [found.place] })),
  ].filter(({ found, acl }) =>
    estate.referencesOf(found.place.stack, acl, 'aws_wafv2_web_acl').some((one) => keyOf(one) === keyOf(place)),
  );
  for (const { found, target } of guarded) {
    const to = graph.firstAt(target);
    if (to !== undefined) graph.addLine(to, 'behind a web ACL');
    graph.show(id, [found.place]);
  }
}

function addHealthCheck(graph: Graph, { place, block }: Found): void {
  const name = `${textOf(block.fqdn)}${textOf(block.resource_path)}`;
  graph.addNode({
    id: keyOf(place),
    kind: 'health-check',
    group: addGlobal(graph),
    title: 'Health check',
    lines: ['Route 53', ...(name === '' ? [] : [name])],
    addresses: [place],
    facts: facts({ Type: textOf(block.type), Target: name, Interval: `${textOf(block.request_interval)} s` }),
  });
}

/** The first names, and how many more there are. */
function shortened(names: readonly string[]): readonly string[] {
  return names.length <= 3 ? names : [...names.slice(0, 2), `and ${names.length - 2} more`];
}
