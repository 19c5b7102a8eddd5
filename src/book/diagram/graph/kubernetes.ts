/** EKS: the cluster, its nodes, the pods and the load balancer that the cluster creates. */
import { isObject, nestedBlocks, type Block } from '../../../terraform/root-module';
import type { Place } from '../types';
import { keyOf, parsedList, textOf, type Estate, type Found } from './estate';
import { facts, type Graph } from './graph';
import { whereIn } from './network';
import { labelsOf, selects } from './pod-calls';
import { addAdmitted, portsOf } from './traffic';

export function addKubernetes(graph: Graph, estate: Estate): void {
  const [cluster] = estate.all('aws_eks_cluster');
  if (cluster === undefined) return;
  const id = addCluster(graph, estate, cluster);
  for (const found of estate.all('aws_eks_node_group')) addNodes(graph, found, id);
  addAddOns(graph, estate, id);
  for (const found of estate.all('kubernetes_deployment_v1', 'kubernetes_cron_job_v1')) addPods(graph, estate, found, id);
  for (const found of estate.all('kubernetes_ingress_v1')) addIngress(graph, estate, found);
}

/** Arrows from pods to data: what the cluster's security group may reach, and the network policy of the pods too. */
export function addPodTraffic(graph: Graph, estate: Estate): void {
  for (const { place, block } of estate.all('aws_vpc_security_group_ingress_rule')) {
    if (estate.referencesOf(place.stack, block.referenced_security_group_id, 'aws_eks_cluster').length === 0) continue;
    const [port] = portsOf(block);
    const targets = estate
      .referencesOf(place.stack, block.security_group_id, 'aws_security_group')
      .flatMap((group) => graph.membersOf(group, port));
    for (const pods of estate.all('kubernetes_deployment_v1', 'kubernetes_cron_job_v1')) {
      for (const to of targets) {
        const policy = policyThatAllows(estate, graph, pods, 'egress', port, to);
        if (policy !== undefined) {
          graph.addEdge('traffic', {
            from: keyOf(pods.place),
            to,
            ports: port === undefined ? [] : [port],
            allowedBy: [place, policy],
          });
        }
      }
    }
  }
}

function addCluster(graph: Graph, estate: Estate, { place, block }: Found): string {
  const network = nestedBlocks(block.vpc_config)[0] ?? {};
  const { group } = whereIn(graph, estate, estate.referencesOf(place.stack, network.subnet_ids, 'aws_subnet'));
  return graph.addGroup({
    id: keyOf(place),
    kind: 'cluster',
    parent: group,
    title: 'EKS cluster',
    subtitle: `${textOf(block.name)} · Kubernetes ${textOf(block.version)}`,
    addresses: [place],
    facts: facts({
      Name: textOf(block.name),
      Version: textOf(block.version),
      'API reachable from': Array.isArray(network.public_access_cidrs) ? network.public_access_cidrs.join(', ') : undefined,
    }),
  });
}

function addNodes(graph: Graph, { place, name, block }: Found, group: string): void {
  const scaling = nestedBlocks(block.scaling_config)[0] ?? {};
  const types = Array.isArray(block.instance_types) ? block.instance_types.map((type) => textOf(type)).join(', ') : '';
  const spot = block.capacity_type === 'SPOT';
  const range = `${textOf(scaling.min_size)}–${textOf(scaling.max_size)} nodes`;
  graph.addNode({
    id: keyOf(place),
    kind: 'node-group',
    group,
    title: `Nodes ${name.replace(/^nodes-/, '').replace(/_nodes$/, '')}`,
    lines: [types.length > 28 ? `${types.slice(0, types.indexOf(','))} and others` : types, `${range}${spot ? ' · Spot' : ''}`],
    addresses: [place],
    facts: facts({ 'Instance types': types, Nodes: range, Capacity: textOf(block.capacity_type), Image: textOf(block.ami_type) }),
  });
}

function addAddOns(graph: Graph, estate: Estate, group: string): void {
  const releases = estate.all('helm_release').filter(({ place }) => place.stack.endsWith('-platform'));
  if (releases.length === 0) return;
  graph.addNode({
    id: `${group}/add-ons`,
    kind: 'add-ons',
    group,
    title: 'Platform',
    lines: [`${releases.length} Helm releases`],
    addresses: releases.map(({ place }) => place),
    facts: releases.map(({ block }) => ({ label: textOf(block.name), value: textOf(block.version) })),
  });
}

function addPods(graph: Graph, estate: Estate, { place, block }: Found, group: string): void {
  const name = nameOf(block);
  const spec = nestedBlocks(block.spec)[0] ?? {};
  const job = place.address.startsWith('kubernetes_cron_job_v1.');
  const pods = podSpecOf(spec);
  const [container] = nestedBlocks(pods.container);
  const requests = nestedBlocks(nestedBlocks(container?.resources)[0]?.requests)[0] ?? {};
  const scaler = estate
    .all('kubernetes_horizontal_pod_autoscaler_v2')
    .find(({ block: one }) => nestedBlocks(nestedBlocks(one.spec)[0]?.scale_target_ref)[0]?.name === name);
  const limits = nestedBlocks(scaler?.block.spec)[0];
  // Without a number, KEDA starts and stops pods with the length of a queue.
  const replicas = limits === undefined ? textOf(spec.replicas) : `${textOf(limits.min_replicas)}–${textOf(limits.max_replicas)}`;
  const shown = replicas === '' ? 'pods on demand' : replicas === '1' ? '1 pod' : `${replicas} pods`;
  const size = `${cpuOf(requests.cpu)} · ${memoryOf(requests.memory)}`;
  const worker = place.address.includes('.worker-');
  graph.addNode({
    id: keyOf(place),
    kind: job ? 'job' : worker ? 'worker' : 'service',
    group,
    title: name,
    lines: job
      ? [`Job · ${spec.suspend === true ? 'started by hand' : 'on a schedule'}`, size]
      : [`${worker ? 'Worker' : 'Service'} · ${shown}`, size],
    addresses: [place, ...(scaler === undefined ? [] : [scaler.place])],
    facts: facts({
      Pods: job ? undefined : shown,
      Requests: size,
      Schedule: job && spec.suspend !== true ? textOf(spec.schedule) : undefined,
    }),
  });
}

/** The load balancer that the cluster creates for its ingress. */
function addIngress(graph: Graph, estate: Estate, { place, block }: Found): void {
  const metadata = nestedBlocks(block.metadata)[0] ?? {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  const annotation = (name: string): string => textOf(annotations[`alb.ingress.kubernetes.io/${name}`]);
  const { group, line } = whereIn(graph, estate, estate.referencesOf(place.stack, annotation('subnets'), 'aws_subnet'));
  const ports = parsedList(annotation('listen-ports')).flatMap((listener) => Object.values(listener).map((port) => textOf(port)));
  const name = annotation('load-balancer-name');
  const lookedUp = estate.everywhere('aws_lb').length;
  const id = graph.addNode({
    id: keyOf(place),
    kind: 'load-balancer',
    group,
    title: 'Load balancer',
    lines: [annotation('scheme'), ...(line === undefined ? [] : [line])],
    addresses: [place],
    facts: facts({
      Name: name,
      'Created by': 'AWS Load Balancer Controller',
      Listeners: ports.join(', '),
      'TLS policy': annotation('ssl-policy'),
    }),
  });
  if (lookedUp === 0) graph.show(id, lookUpsOf(estate, place));
  for (const cidr of annotation('inbound-cidrs').split(','))
    addAdmitted(graph, estate, { cidr, to: id, ports, allowedBy: [place] });
  for (const rule of nestedBlocks(nestedBlocks(block.spec)[0]?.rule)) addRoutes(graph, estate, place, id, rule);
}

/** Other stacks find this load balancer by its name. */
function lookUpsOf(estate: Estate, { stack }: Place): readonly Place[] {
  const environment = stack.slice(0, -'-workloads'.length);
  return ['edge', 'observability']
    .map((kind) => ({ stack: `${environment}-${kind}`, address: 'data.aws_lb.ingress' }))
    .filter((place) => estate.blockAt(place) !== undefined);
}

function addRoutes(graph: Graph, estate: Estate, ingress: Place, from: string, rule: Block): void {
  for (const { backend } of nestedBlocks(nestedBlocks(rule.http)[0]?.path)) {
    const [service] = nestedBlocks(nestedBlocks(backend)[0]?.service);
    const name = textOf(service?.name);
    const known = estate.all('kubernetes_service_v1').find(({ block }) => nameOf(block) === name);
    const spec = nestedBlocks(known?.block.spec)[0] ?? {};
    const selector = isObject(spec.selector) ? spec.selector : {};
    const number = nestedBlocks(service?.port)[0]?.number;
    const port = textOf(nestedBlocks(spec.port).find((one) => one.port === number)?.target_port);
    for (const pods of estate.all('kubernetes_deployment_v1')) {
      if (!selects(selector, labelsOf(pods.block))) continue;
      const policy = policyThatAllows(estate, graph, pods, 'ingress', port, from);
      if (policy === undefined) continue;
      const allowedBy = [ingress, policy, ...(known === undefined ? [] : [known.place])];
      graph.addEdge('traffic', { from, to: keyOf(pods.place), ports: [port], allowedBy });
    }
  }
}

/**
 * The network policy that lets pods connect to a node, or the node to them; by port and by the networks of the node's subnets.
 * @returns undefined when no policy does
 */
function policyThatAllows(
  estate: Estate,
  graph: Graph,
  pods: Found,
  direction: 'ingress' | 'egress',
  port: string | undefined,
  other: string,
): Place | undefined {
  const subnets = graph.ancestor(other, 'subnets')?.addresses ?? [];
  const networks = subnets.map((subnet) => textOf(estate.blockAt(subnet)?.cidr_block));
  return estate.all('kubernetes_network_policy_v1').find(({ block }) => {
    const spec = nestedBlocks(block.spec)[0] ?? {};
    const selector = nestedBlocks(spec.pod_selector)[0]?.match_labels;
    if (!selects(isObject(selector) ? selector : {}, labelsOf(pods.block))) return false;
    return nestedBlocks(spec[direction]).some(
      (rule) =>
        nestedBlocks(rule.ports).some((allowed) => allowed.port === port) &&
        nestedBlocks(rule[direction === 'egress' ? 'to' : 'from']).some(({ ip_block: range }) =>
          nestedBlocks(range).some(({ cidr }) => networks.includes(textOf(cidr)) || cidr === '0.0.0.0/0'),
        ),
    );
  })?.place;
}

function podSpecOf(spec: Block): Block {
  const template =
    nestedBlocks(spec.template)[0] ?? nestedBlocks(nestedBlocks(nestedBlocks(spec.job_template)[0]?.spec)[0]?.template)[0];
  return nestedBlocks(template?.spec)[0] ?? {};
}

const nameOf = (block: Block): string => textOf(nestedBlocks(block.metadata)[0]?.name);

const cpuOf = (cpu: unknown): string => `${Number.parseFloat(textOf(cpu)) / (textOf(cpu).endsWith('m') ? 1000 : 1)} vCPU`;

const memoryOf = (memory: unknown): string => textOf(memory).replace(/(\d)(Gi|Mi)$/, '$1 $2B');
