/** Rules about the capacity of Kubernetes nodes: the described workloads fit on the nodes that they run on. */
import { allocatable, maximumPods, POOLER_SIZE, type Capacity } from '../../calculations/node-capacity';
import { CONTAINER_SECTIONS, hasTier } from '../../rules/located';
import { finding, findingIf } from '../../rules/finding';
import { defineRule, type Rule } from '../../rules/rule';
import type { ParsedEnvironment } from '../../schema/environment';
import { NODE_TYPES, type NodeType } from '../../tables/node-types';
import { systemLoad } from '../../tables/platform-components';
import { nodePoolsOf, type NodePool } from './node-groups';
import { scalesOnQueues } from './resolve';

type Environment = Pick<ParsedEnvironment, 'tier' | 'nextTier' | 'kubernetes' | (typeof CONTAINER_SECTIONS)[number]>;
type Container = NodePool['containers'][number]['value'];

/** A pool with the sizes of its nodes. */
interface SizedPool extends NodePool {
  /** Of its instance types. Never empty. */
  readonly types: readonly NodeType[];
  readonly system: ReturnType<typeof systemLoad>;
  /** What workloads can use of a node of the smallest type. */
  readonly node: Capacity;
}

/** Pools of known types; none without the Kubernetes tier. */
function poolsOf({ tier, nextTier, kubernetes, ...workloads }: Environment): readonly SizedPool[] {
  if (!hasTier({ tier, nextTier }, 'kubernetes')) return [];
  const { monitoring } = kubernetes;
  const system = systemLoad({ monitoring, scalesOnQueues: scalesOnQueues(workloads) });
  return nodePoolsOf(kubernetes, workloads).flatMap((pool) => {
    const types = pool.instanceTypes.flatMap((name) => NODE_TYPES.get(name) ?? []);
    const [first, ...others] = types.map((type) => allocatable(type, system.everyNode));
    if (first === undefined) return [];
    const node = others.reduce((least, next) => (next.memoryMib < least.memoryMib ? next : least), first);
    return [{ ...pool, types, system, node }];
  });
}

const NOTHING: Capacity = { vcpu: 0, memoryMib: 0 };

/** What a pod requests in addition to its container: pooler and sidecars. */
function besides(container: Container): Capacity {
  const sidecars = 'sidecars' in container ? Object.values(container.sidecars) : [];
  const pooler = 'pooler' in container && container.pooler !== undefined ? POOLER_SIZE : NOTHING;
  return sidecars.reduce<Capacity>(
    (sum, { vcpu, memoryMib }) => ({ vcpu: sum.vcpu + vcpu, memoryMib: sum.memoryMib + memoryMib }),
    pooler,
  );
}

/** Pods of a container at its maximum, which is one run of a job. */
function maximumOf(container: Container): number {
  return 'replicas' in container ? container.replicas.max : 1;
}

const podsFit = defineRule({
  id: 'pod-size',
  severity: 'refusal',
  summary: 'No pod requests more vCPUs or memory than a node has left for workloads.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: (environment) =>
    poolsOf(environment).flatMap(({ path: nodes, instanceTypes: [type = ''], node, containers }) =>
      containers.flatMap(({ path, value }) => {
        const others = besides(value);
        const vcpu = node.vcpu - others.vcpu;
        const memoryMib = node.memoryMib - others.memoryMib;
        const fix = `lower it, or choose larger ${nodes}.instanceTypes: system pods use the rest of each node`;
        return [
          ...findingIf(value.vcpu > vcpu, `${path}.vcpu`, value.vcpu, `at most ${vcpu.toFixed(2)} on a ${type}`, fix),
          ...findingIf(
            value.memoryMib > memoryMib,
            `${path}.memoryMib`,
            value.memoryMib,
            `at most ${memoryMib} on a ${type}`,
            fix,
          ),
        ];
      }),
    ),
});

const podsCounted = defineRule({
  id: 'pod-count',
  severity: 'refusal',
  summary: "At their maximum, all pods find an address on the nodes' network interfaces.",
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: (environment) =>
    poolsOf(environment).flatMap(({ path, max, runsSystem, types, system, containers }) => {
      const { prefixDelegation } = environment.kubernetes;
      const perNode = Math.min(...types.map((type) => maximumPods(type, prefixDelegation)));
      const room = (perNode - system.everyNode.pods) * max;
      const own = containers.reduce((sum, { value }) => sum + maximumOf(value), 0);
      const wanted = own + (runsSystem ? system.cluster.pods : 0);
      if (wanted <= room) return [];
      const allowed = `nodes for ${wanted} pods; ${max} of these hold ${room}, in addition to the system pods of each`;
      const fix = prefixDelegation
        ? 'raise `max`'
        : 'set kubernetes.prefixDelegation to true, raise `max`, or choose larger types';
      return [finding(`${path}.max`, max, allowed, fix)];
    }),
});

const capacitySufficient = defineRule({
  id: 'node-capacity',
  severity: 'warning',
  summary: 'At their maximum, all workloads fit on the maximum of nodes.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: (environment) =>
    poolsOf(environment).flatMap(({ path, max, spotMax, runsSystem, system, node, containers }) => {
      const running = containers.filter(({ value }) => 'replicas' in value);
      const wanted = running.reduce(
        (sum, { value }) => {
          const [pods, others] = [maximumOf(value), besides(value)];
          return {
            vcpu: sum.vcpu + pods * (value.vcpu + others.vcpu),
            memoryMib: sum.memoryMib + pods * (value.memoryMib + others.memoryMib),
          };
        },
        runsSystem ? system.cluster : NOTHING,
      );
      const count = max + spotMax;
      return findingIf(
        wanted.vcpu > node.vcpu * count || wanted.memoryMib > node.memoryMib * count,
        `${path}.max`,
        max,
        `at their maximum, all workloads request ${wanted.vcpu.toFixed(1)} vCPUs and ${wanted.memoryMib} MiB, and the nodes ` +
          `hold ${(node.vcpu * count).toFixed(1)} and ${node.memoryMib * count}: some pods would stay pending`,
        'raise `max`, or choose larger types',
      );
    }),
});

export const CAPACITY_RULES: readonly Rule[] = [podsFit, podsCounted, capacitySufficient];
