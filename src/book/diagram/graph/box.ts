/** Hosts of a box: what runs on them is in the configuration that they pull. */
import { parse } from 'yaml';
import { isObject, nestedBlocks, type Block } from '../../../terraform/root-module';
import type { Place } from '../types';
import { keyOf, parsedJson, textOf, type Estate, type Found } from './estate';
import { facts, type Graph } from './graph';
import { addRegion, whereIn } from './network';

const WEB = ['80', '443'];

/** Store to the service name in the Compose file, its port and what it is called. */
const STORES = {
  postgres: { kind: 'database', title: 'PostgreSQL', port: '5432', placement: 'POSTGRES_PLACEMENT' },
  redis: { kind: 'cache', title: 'Redis', port: '6379', placement: 'REDIS_PLACEMENT' },
} as const;

type Store = keyof typeof STORES;

export function addBox(graph: Graph, estate: Estate): void {
  const [configuration] = estate.all('aws_s3_object').filter(({ block }) => block.key === 'configuration.json');
  const host = addInstance(graph, estate) ?? addHostGroup(graph, estate);
  addVolumes(graph, estate, host);
  if (host === undefined) return;
  const files = configuration === undefined ? undefined : filesOf(configuration);
  if (configuration !== undefined && files !== undefined)
    addProcesses(graph, estate, { host, place: configuration.place, files });
  for (const group of securityGroupsOf(estate)) {
    const proxy = `${host}/proxy`;
    graph.join([group], { id: host });
    if (graph.node(proxy) !== undefined) graph.join([group], { id: proxy, ports: WEB });
  }
}

/** The one host, as a group. */
function addInstance(graph: Graph, estate: Estate): string | undefined {
  const [instance] = estate.all('aws_instance');
  if (instance === undefined) return undefined;
  const { place, block } = instance;
  const [network] = estate.referencesOf(place.stack, block.primary_network_interface, 'aws_network_interface');
  const subnet = network === undefined ? undefined : estate.blockAt(network)?.subnet_id;
  const { group, line } = whereIn(graph, estate, estate.referencesOf(place.stack, subnet, 'aws_subnet'));
  const disk = nestedBlocks(block.root_block_device)[0] ?? {};
  const id = graph.addGroup({
    id: keyOf(place),
    kind: 'host',
    parent: group,
    title: 'EC2 host',
    subtitle: [textOf(block.instance_type), ...(line === undefined ? [] : [line])].join(' · '),
    addresses: [place, ...(network === undefined ? [] : [network])],
    facts: facts({ 'Instance type': textOf(block.instance_type), 'System disk': `${textOf(disk.volume_size)} GB` }),
  });
  for (const association of estate.all('aws_eip_association')) {
    graph.show(id, estate.referencesOf(association.place.stack, association.block.allocation_id, 'aws_eip'));
  }
  return id;
}

/** Several hosts from one template. */
function addHostGroup(graph: Graph, estate: Estate): string | undefined {
  const scaling = estate.all('aws_autoscaling_group').find(({ place }) => place.stack.endsWith('-compute-box'));
  if (scaling === undefined) return undefined;
  const { place, block } = scaling;
  const [template] = estate.referencesOf(place.stack, block.launch_template, 'aws_launch_template');
  const { group, line } = whereIn(graph, estate, estate.referencesOf(place.stack, block.vpc_zone_identifier, 'aws_subnet'));
  const type = template === undefined ? '' : textOf(estate.blockAt(template)?.instance_type);
  const hosts = `${textOf(block.min_size)}–${textOf(block.max_size)} hosts`;
  return graph.addGroup({
    id: keyOf(place),
    kind: 'host',
    parent: group,
    title: 'EC2 hosts',
    subtitle: [hosts, type, ...(line === undefined ? [] : [line])].join(' · '),
    addresses: [place, ...(template === undefined ? [] : [template])],
    facts: facts({ Hosts: hosts, 'Instance type': type }),
  });
}

/** On the host that has them; a volume that none has is kept for one. */
function addVolumes(graph: Graph, estate: Estate, host: string | undefined): void {
  for (const { place, block, region } of estate.all('aws_ebs_volume')) {
    const attached = estate
      .all('aws_volume_attachment')
      .filter((found) => estate.references(found.place.stack, found.block.volume_id).some((one) => keyOf(one) === keyOf(place)));
    const onHost = host !== undefined && attached.length > 0;
    graph.addNode({
      id: keyOf(place),
      kind: 'volume',
      group: onHost ? host : addRegion(graph, region),
      title: 'Data volume',
      lines: [`EBS ${textOf(block.type)} · ${textOf(block.size)} GB`, ...(onHost ? [] : ['not attached'])],
      addresses: [place, ...attached.map((found) => found.place)],
      facts: facts({
        Size: `${textOf(block.size)} GB`,
        Type: textOf(block.type),
        Zone: textOf(block.availability_zone),
        Encrypted: textOf(block.encrypted),
      }),
    });
  }
}

interface Processes {
  readonly host: string;
  /** The object that holds the configuration. */
  readonly place: Place;
  readonly files: ReadonlyMap<string, string>;
}

function addProcesses(graph: Graph, estate: Estate, { host, place, files }: Processes): void {
  const compose = [...files].find(([path]) => path.endsWith('/compose.yaml'))?.[1];
  const project: unknown = compose === undefined ? {} : parse(compose);
  const services = isObject(project) && isObject(project.services) ? project.services : {};
  const settings = files.get('/etc/terrace/host.env') ?? '';
  const stores = (Object.keys(STORES) as Store[]).filter(
    (store) => store in services || settings.includes(`${STORES[store].placement}='package'`),
  );
  const add = (id: string, node: Pick<Parameters<Graph['addNode']>[0], 'kind' | 'title' | 'lines'>): string =>
    graph.addNode({ id: `${host}/${id}`, group: host, addresses: [place], facts: [], ...node });
  const sites = [...files].filter(([path]) => path.includes('/nginx/conf.d/'));
  if (sites.length > 0) {
    add('proxy', { kind: 'reverse-proxy', title: 'nginx', lines: ['Reverse proxy · TLS'] });
    graph.addFacts(`${host}/proxy`, {
      Sites: sites.map(([path]) => path.slice(path.lastIndexOf('/') + 1, -'.conf'.length)).join(', '),
    });
  }
  for (const store of stores) {
    const { kind, title } = STORES[store];
    const id = add(store, {
      kind,
      title: `${title} ${versionOf(services[store], settings, store)}`.trim(),
      lines: [store in services ? 'Container' : 'Package of the system'],
    });
    for (const { id: volume } of graph.ofKind('volume').filter((one) => one.group === host))
      graph.addEdge('access', { from: id, to: volume, allowedBy: [place] });
  }
  for (const [name, service] of Object.entries(services)) {
    if (!(name in STORES) && isObject(service)) addContainer(graph, { host, place, files }, { name, service, stores });
  }
  addSites(graph, estate, { host, place, files }, sites);
}

interface Container {
  readonly name: string;
  readonly service: Block;
  readonly stores: readonly Store[];
}

function addContainer(graph: Graph, { host, place, files }: Processes, { name, service, stores }: Container): void {
  const health = files.get('/etc/terrace/health.tsv') ?? '';
  const job = Array.isArray(service.profiles);
  const serves = new RegExp(`^${name}\t`, 'm').test(health);
  const kind = job ? 'job' : serves ? 'service' : 'worker';
  const id = graph.addNode({
    id: `${host}/${name}`,
    kind,
    group: host,
    title: name,
    lines: [
      `${{ job: 'Job', service: 'Service', worker: 'Worker' }[kind]} · container`,
      `${textOf(service.cpus)} vCPU · ${textOf(service.mem_limit).replace(/m$/, ' MiB')}`,
    ],
    addresses: [place],
    facts: facts({ Image: textOf(service.image), Limits: `${textOf(service.cpus)} vCPU, ${textOf(service.mem_limit)}` }),
  });
  const variables = [
    ...[...files].filter(([path]) => path.endsWith(`/${name}.env`)).map(([, text]) => text),
    ...(files.get('/etc/terrace/secrets.tsv') ?? '').split('\n').filter((line) => line.startsWith(`${name}.env\t`)),
  ].join('\n');
  const uses: Readonly<Record<Store, boolean>> = {
    postgres: /:5432|role_secret_arns/.test(variables),
    redis: /rediss?:\/\/|:6379/.test(variables),
  };
  for (const store of stores.filter((one) => uses[one])) {
    graph.addEdge('traffic', { from: id, to: `${host}/${store}`, ports: [STORES[store].port], allowedBy: [place] });
  }
}

/** From nginx to the containers that its sites pass requests to. */
function addSites(
  graph: Graph,
  estate: Estate,
  { host, place, files }: Processes,
  sites: readonly (readonly [string, string])[],
): void {
  const health = (files.get('/etc/terrace/health.tsv') ?? '').split('\n').map((line) => line.split('\t'));
  for (const [, text] of sites) {
    for (const [, port = ''] of text.matchAll(/proxy_pass http:\/\/127\.0\.0\.1:(\d+)/g)) {
      const name = health.find(([, known]) => known === port)?.[0];
      if (name === undefined || graph.node(`${host}/${name}`) === undefined) continue;
      graph.addEdge('traffic', { from: `${host}/proxy`, to: `${host}/${name}`, ports: [port], allowedBy: [place] });
    }
  }
}

function versionOf(service: unknown, settings: string, store: Store): string {
  const image = isObject(service) ? textOf(service.image) : '';
  if (image !== '') return /:(\d+(?:\.\d+)*)/.exec(image)?.[1] ?? '';
  return store === 'postgres' ? (/^POSTGRES_VERSION='([^']*)'$/m.exec(settings)?.[1] ?? '') : '';
}

function securityGroupsOf(estate: Estate): readonly Place[] {
  return [...estate.all('aws_network_interface'), ...estate.all('aws_launch_template')]
    .filter(({ place }) => place.stack.endsWith('-compute-box'))
    .flatMap(({ place, block }) => estate.referencesOf(place.stack, block, 'aws_security_group'));
}

function filesOf({ block }: Found): ReadonlyMap<string, string> | undefined {
  const parsed = parsedJson(block.content);
  const files = isObject(parsed) ? nestedBlocks(parsed.files) : [];
  return files.length === 0 ? undefined : new Map(files.map(({ path, content }) => [textOf(path), textOf(content)]));
}
