/** Rules about Kubernetes nodes: their types and numbers, and that the described workloads fit on them. */
import {
  allocatable,
  maximumPods,
  PLATFORM_PODS,
  PODS_ON_EVERY_NODE,
  POOLER_SIZE,
  type Capacity,
} from '../../calculations/node-capacity';
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

/** The known types of the nodes that every workload may run on; none without the Kubernetes tier. */
function typesOf({ kubernetes, ...tiers }: Pick<ParsedEnvironment, 'kubernetes' | 'tier' | 'nextTier'>): readonly NodeType[] {
  if (!hasTier(tiers, 'kubernetes')) return [];
  return kubernetes.nodes.instanceTypes.flatMap((name) => NODE_TYPES.get(name) ?? []);
}

/** What workloads can use of the smallest of these types. */
function smallestOf(types: readonly NodeType[]): Capacity | undefined {
  const [first, ...others] = types.map(allocatable);
  return first && others.reduce((least, next) => (next.memoryMib < least.memoryMib ? next : least), first);
}

const countsInOrder = defineRule({
  id: 'node-count',
  severity: 'refusal',
  summary: 'The minimum of nodes does not exceed the maximum.',
  reads: ['kubernetes'],
  check: ({ kubernetes }) =>
    groupsOf(kubernetes).flatMap(({ path, value }) =>
      findingIf(value.min > value.max, `${path}.min`, value.min, `at most max (${value.max})`, 'lower `min`, or raise `max`'),
    ),
});

const typesKnown = defineRule({
  id: 'node-type',
  severity: 'refusal',
  summary: 'Nodes have types of known size, so that the capacity for workloads can be calculated.',
  reads: ['kubernetes'],
  check: ({ kubernetes }) =>
    groupsOf(kubernetes).flatMap(({ path, value: { instanceTypes } }) =>
      instanceTypes.flatMap((name, index) =>
        findingIf(
          !NODE_TYPES.has(name),
          `${path}.instanceTypes[${index}]`,
          name,
          't3, t3a, t4g from medium to 2xlarge; c, m, r of the generations 5 to 8g from large to 8xlarge',
          'choose one of these, or add the type to src/config/tables/node-types.ts',
        ),
      ),
    ),
});

const typesAlike = defineRule({
  id: 'node-types-alike',
  severity: 'refusal',
  summary: 'The types of one node group have the same vCPUs, memory and architecture, as the autoscaler assumes.',
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

const architectureAvailable = defineRule({
  id: 'node-architecture',
  severity: 'refusal',
  summary: 'Every container has the architecture of the nodes.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes: { nodes }, ...workloads }) => {
    if (!hasTier({ tier, nextTier }, 'kubernetes')) return [];
    const [type = ''] = nodes.instanceTypes;
    const available = architectureOf(type);
    return containersOf(workloads).flatMap(({ path, value: { architecture } }) =>
      findingIf(
        architecture !== available,
        `${path}.architecture`,
        architecture,
        `"${available}", the architecture of kubernetes.nodes (${type})`,
        'build the image for the nodes, or choose nodes of its architecture: every workload must be able to run on kubernetes.nodes',
      ),
    );
  },
});

const podsFit = defineRule({
  id: 'pod-size',
  severity: 'refusal',
  summary: 'No pod requests more vCPUs or memory than a node has left for workloads.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) => {
    const node = smallestOf(typesOf({ tier, nextTier, kubernetes }));
    if (node === undefined) return [];
    const [name = ''] = kubernetes.nodes.instanceTypes;
    return containersOf(workloads).flatMap(({ path, value }) => {
      const pooler = 'pooler' in value && value.pooler !== undefined ? POOLER_SIZE : { vcpu: 0, memoryMib: 0 };
      const vcpu = node.vcpu - pooler.vcpu;
      const memoryMib = node.memoryMib - pooler.memoryMib;
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

const LARGER_NODES = 'lower it, or choose larger kubernetes.nodes.instanceTypes: system pods use the rest of each node';

const podsCounted = defineRule({
  id: 'pod-count',
  severity: 'refusal',
  summary: "At their maximum, all pods find an address on the nodes' network interfaces.",
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) => {
    const { nodes, prefixDelegation } = kubernetes;
    const types = typesOf({ tier, nextTier, kubernetes });
    if (types.length === 0) return [];
    const perNode = Math.min(...types.map((type) => maximumPods(type, prefixDelegation)));
    const room = (perNode - PODS_ON_EVERY_NODE) * nodes.max;
    const wanted = maximumOfPods(workloads) + PLATFORM_PODS;
    if (wanted <= room) return [];
    const fix = prefixDelegation ? 'raise `max`' : 'set kubernetes.prefixDelegation to true, raise `max`, or choose larger types';
    return [
      finding(
        'kubernetes.nodes.max',
        nodes.max,
        `nodes for ${wanted} pods; ${nodes.max} of these hold ${room}, in addition to the system pods of each`,
        fix,
      ),
    ];
  },
});

/** Every workload at its maximum, and one run of each job. */
function maximumOfPods(workloads: Workloads): number {
  const running = runningOf(workloads).reduce((sum, { value }) => sum + value.replicas.max, 0);
  return running + Object.keys(workloads.jobs).length;
}

const capacitySufficient = defineRule({
  id: 'node-capacity',
  severity: 'warning',
  summary: 'At their maximum, all workloads fit on the maximum of nodes.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) => {
    const node = smallestOf(typesOf({ tier, nextTier, kubernetes }));
    if (node === undefined) return [];
    const all = runningOf(workloads).map(({ value }) => ({
      vcpu: value.vcpu * value.replicas.max,
      memoryMib: value.memoryMib * value.replicas.max,
    }));
    const wanted = all.reduce(
      (sum, next) => ({ vcpu: sum.vcpu + next.vcpu, memoryMib: sum.memoryMib + next.memoryMib }),
      PLATFORM,
    );
    const count = kubernetes.nodes.max + (kubernetes.spot?.max ?? 0);
    return findingIf(
      wanted.vcpu > node.vcpu * count || wanted.memoryMib > node.memoryMib * count,
      'kubernetes.nodes.max',
      kubernetes.nodes.max,
      `at their maximum, all workloads request ${wanted.vcpu} vCPUs and ${wanted.memoryMib} MiB, and the nodes hold ` +
        `${(node.vcpu * count).toFixed(1)} and ${node.memoryMib * count}: some pods would stay pending`,
      'raise `max`, or choose larger types',
    );
  },
});

/** The requests of all the platform's pods; see src/tiers/kubernetes/platform. */
const PLATFORM: Capacity = { vcpu: 1.5, memoryMib: 2048 };

export const NODE_RULES: readonly Rule[] = [
  countsInOrder,
  typesKnown,
  typesAlike,
  architectureAvailable,
  podsFit,
  podsCounted,
  capacitySufficient,
];
