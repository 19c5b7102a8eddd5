/** Rules about Kubernetes nodes: that they exist, and that what is described fits on them. */
import { allocatable, maximumPods, PLATFORM_PODS, PODS_ON_EVERY_NODE, type Capacity } from '../../calculations/node-capacity';
import type { ParsedEnvironment } from '../../schema/environment';
import { architectureOf } from '../../tables/ec2-architectures';
import { NODE_TYPES, type NodeType } from '../../tables/node-types';
import { CONTAINER_SECTIONS, containersOf, hasTier, runningOf, type Located } from '../../rules/located';
import { finding, findingIf } from '../../rules/finding';
import { defineRule, type Rule } from '../../rules/rule';

type Kubernetes = ParsedEnvironment['kubernetes'];
type Workloads = Pick<ParsedEnvironment, (typeof CONTAINER_SECTIONS)[number]>;

/** Both node groups, each with its path. */
function groupsOf({ nodes, spot }: Kubernetes): readonly Located<NonNullable<Kubernetes['spot']>>[] {
  return [
    { key: 'nodes', path: 'kubernetes.nodes', value: nodes },
    ...(spot === undefined ? [] : [{ key: 'spot', path: 'kubernetes.spot', value: spot }]),
  ];
}

/** The types of the nodes that anything may stand on, as far as they are known. */
function typesOf({ nodes }: Kubernetes): readonly NodeType[] {
  return nodes.instanceTypes.flatMap((name) => NODE_TYPES.get(name) ?? []);
}

const countsInOrder = defineRule({
  id: 'node-count',
  severity: 'refusal',
  summary: 'The least number of nodes is not above the greatest.',
  reads: ['kubernetes'],
  check: ({ kubernetes }) =>
    groupsOf(kubernetes).flatMap(({ path, value }) =>
      findingIf(value.min > value.max, `${path}.min`, value.min, `at most max (${value.max})`, 'lower `min`, or raise `max`'),
    ),
});

const typesKnown = defineRule({
  id: 'node-type',
  severity: 'refusal',
  summary: 'Nodes are of types whose size is known, so that what is described can be fitted on them.',
  reads: ['kubernetes'],
  check: ({ kubernetes }) =>
    groupsOf(kubernetes).flatMap(({ path, value: { instanceTypes } }) =>
      instanceTypes.flatMap((name, index) =>
        findingIf(
          !NODE_TYPES.has(name),
          `${path}.instanceTypes[${index}]`,
          name,
          't3, t3a, t4g from medium to 2xlarge; c, m, r of the generations 5 to 8g from large to 8xlarge',
          'choose one of these; another is added to src/config/tables/node-types.ts',
        ),
      ),
    ),
});

const typesAlike = defineRule({
  id: 'node-types-alike',
  severity: 'refusal',
  summary: 'Types of one node group have the same vCPUs, memory and architecture: the autoscaler takes them for equal.',
  reads: ['kubernetes'],
  check: ({ kubernetes }) =>
    groupsOf(kubernetes).flatMap(({ path, value: { instanceTypes } }) => {
      const [first = '', ...others] = instanceTypes;
      return others.flatMap((name, index) =>
        findingIf(
          !alike(first, name),
          `${path}.instanceTypes[${index + 1}]`,
          name,
          `a type with the vCPUs, memory and architecture of ${first}`,
          `for example another family's type of the same size as ${first}`,
        ),
      );
    }),
});

function alike(one: string, other: string): boolean {
  const [left, right] = [NODE_TYPES.get(one), NODE_TYPES.get(other)];
  if (left === undefined || right === undefined) return true;
  return left.vcpu === right.vcpu && left.memoryGib === right.memoryGib && architectureOf(one) === architectureOf(other);
}

const architectureThere = defineRule({
  id: 'node-architecture',
  severity: 'refusal',
  summary: 'Each container has nodes of its architecture.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes: { nodes }, ...workloads }) => {
    if (!hasTier({ tier, nextTier }, 'kubernetes')) return [];
    const [type = ''] = nodes.instanceTypes;
    const there = architectureOf(type);
    return containersOf(workloads).flatMap(({ path, value: { architecture } }) =>
      findingIf(
        architecture !== there,
        `${path}.architecture`,
        architecture,
        `"${there}", which kubernetes.nodes (${type}) are`,
        'build the image for the nodes, or choose nodes of its architecture: every workload must be able to stand on kubernetes.nodes',
      ),
    );
  },
});

/** PgBouncer's own share of a pod. */
const POOLER: Capacity = { vcpu: 0.1, memoryMib: 64 };

const podsFit = defineRule({
  id: 'pod-size',
  severity: 'refusal',
  summary: 'No pod asks for more vCPUs or memory than a node has left beside its system.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) => {
    const types = typesOf(kubernetes);
    if (!hasTier({ tier, nextTier }, 'kubernetes') || types.length === 0) return [];
    const room = types.map(allocatable).reduce((least, next) => (next.memoryMib < least.memoryMib ? next : least));
    const [name = ''] = kubernetes.nodes.instanceTypes;
    return containersOf(workloads).flatMap(({ path, value }) => {
      const pooler = 'pooler' in value && value.pooler !== undefined ? POOLER : { vcpu: 0, memoryMib: 0 };
      const vcpu = room.vcpu - pooler.vcpu;
      const memoryMib = room.memoryMib - pooler.memoryMib;
      return [
        ...findingIf(value.vcpu > vcpu, `${path}.vcpu`, value.vcpu, `at most ${vcpu.toFixed(2)} on a ${name}`, LARGER_NODES),
        ...findingIf(
          value.memoryMib > memoryMib,
          `${path}.memoryMib`,
          value.memoryMib,
          `at most ${memoryMib} on a ${name}`,
          LARGER_NODES,
        ),
      ];
    });
  },
});

const LARGER_NODES =
  'lower it, or choose larger kubernetes.nodes.instanceTypes: the system and the pods of every node take the rest';

const podsCounted = defineRule({
  id: 'pod-count',
  severity: 'refusal',
  summary: "All pods at their most find an address on the nodes' network interfaces.",
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) => {
    const { nodes, prefixDelegation } = kubernetes;
    const types = typesOf(kubernetes);
    if (!hasTier({ tier, nextTier }, 'kubernetes') || types.length === 0) return [];
    const perNode = Math.min(...types.map((type) => maximumPods(type, prefixDelegation)));
    const room = (perNode - PODS_ON_EVERY_NODE) * nodes.max;
    const wanted = podsAtMost(workloads) + PLATFORM_PODS;
    if (wanted <= room) return [];
    const fix = prefixDelegation ? 'raise `max`' : 'set kubernetes.prefixDelegation to true, raise `max`, or choose larger types';
    return [
      finding(
        'kubernetes.nodes.max',
        nodes.max,
        `nodes for ${wanted} pods; ${nodes.max} of these hold ${room} beside what stands on every one`,
        fix,
      ),
    ];
  },
});

/** Every workload at its greatest, and one run of each job. */
function podsAtMost(workloads: Workloads): number {
  const running = runningOf(workloads).reduce((sum, { value }) => sum + value.replicas.max, 0);
  return running + Object.keys(workloads.jobs).length;
}

const roomForAll = defineRule({
  id: 'node-capacity',
  severity: 'warning',
  summary: 'All workloads at their most fit on all nodes at their most.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) => {
    const types = typesOf(kubernetes);
    if (!hasTier({ tier, nextTier }, 'kubernetes') || types.length === 0) return [];
    const all = runningOf(workloads).map(({ value }) => ({
      vcpu: value.vcpu * value.replicas.max,
      memoryMib: value.memoryMib * value.replicas.max,
    }));
    const wanted = all.reduce(
      (sum, next) => ({ vcpu: sum.vcpu + next.vcpu, memoryMib: sum.memoryMib + next.memoryMib }),
      PLATFORM,
    );
    const count = kubernetes.nodes.max + (kubernetes.spot?.max ?? 0);
    const room = types.map(allocatable).reduce((least, next) => (next.memoryMib < least.memoryMib ? next : least));
    return findingIf(
      wanted.vcpu > room.vcpu * count || wanted.memoryMib > room.memoryMib * count,
      'kubernetes.nodes.max',
      kubernetes.nodes.max,
      `all workloads at their most ask for ${wanted.vcpu} vCPUs and ${wanted.memoryMib} MiB, and the nodes hold ` +
        `${(room.vcpu * count).toFixed(1)} and ${room.memoryMib * count}: some pods would wait`,
      'raise `max`, or choose larger types',
    );
  },
});

/** What the platform's own pods ask for together; see src/modules/kubernetes/platform. */
const PLATFORM: Capacity = { vcpu: 1.5, memoryMib: 2048 };

export const NODE_RULES: readonly Rule[] = [
  countsInOrder,
  typesKnown,
  typesAlike,
  architectureThere,
  podsFit,
  podsCounted,
  roomForAll,
];
