/** The node groups of a description, and which workloads run on which. Pure. */
import { type CONTAINER_SECTIONS, containersOf, type Located } from '../../rules/located';
import type { ParsedEnvironment } from '../../schema/environment';
import type { ResolvedNodeGroup } from './resolved';

type Kubernetes = ParsedEnvironment['kubernetes'];
type Workloads = Pick<ParsedEnvironment, (typeof CONTAINER_SECTIONS)[number]>;

/** Keys of the groups that workloads do not name. */
export const DEFAULT_GROUPS = ['on-demand', 'spot'] as const;

/** Label and taint of the nodes of named groups: pods that choose the group select the one and tolerate the other. */
export const NODE_GROUP_LABEL = 'terrace/node-group';

type NodeGroup = Pick<ResolvedNodeGroup, 'capacity' | 'reserved' | 'labels' | 'instanceTypes' | 'min' | 'max' | 'diskGb'>;

/** Every group, each with its key and path. */
export function nodeGroupsOf({ nodes, spot, nodeGroups }: Kubernetes): readonly Located<NodeGroup>[] {
  const shared = { reserved: false, labels: {} };
  const [onDemandKey, spotKey] = DEFAULT_GROUPS;
  return [
    { key: onDemandKey, path: 'kubernetes.nodes', value: { ...nodes, ...shared, capacity: 'ON_DEMAND' } },
    ...(spot === undefined
      ? []
      : [{ key: spotKey, path: 'kubernetes.spot', value: { ...spot, ...shared, capacity: 'SPOT' as const } }]),
    ...Object.entries(nodeGroups).map(([key, { capacity, ...group }]) => ({
      key,
      path: `kubernetes.nodeGroups.${key}`,
      value: { ...group, reserved: true, capacity: capacity === 'spot' ? ('SPOT' as const) : ('ON_DEMAND' as const) },
    })),
  ];
}

/** Nodes that the same workloads share. */
export interface NodePool {
  /** Where its types are written. */
  readonly path: string;
  readonly instanceTypes: readonly string[];
  readonly max: number;
  /** Of the smallest disk. */
  readonly diskGb: number;
  /** Spot nodes in addition to `max`, which workloads may find missing. */
  readonly spotMax: number;
  /** Whether the system's own pods run on it. */
  readonly runsSystem: boolean;
  readonly containers: ReturnType<typeof containersOf>;
}

/** Every pool and its workloads: the default nodes, and each named group. Workloads that name an unknown group are in none. */
export function nodePoolsOf(kubernetes: Kubernetes, workloads: Workloads): readonly NodePool[] {
  const containers = containersOf(workloads);
  const { nodes, spot } = kubernetes;
  return [
    {
      path: 'kubernetes.nodes',
      ...nodes,
      diskGb: Math.min(nodes.diskGb, spot?.diskGb ?? nodes.diskGb),
      spotMax: spot?.max ?? 0,
      runsSystem: true,
      containers: containers.filter(({ value }) => value.nodeGroup === undefined),
    },
    ...nodeGroupsOf(kubernetes)
      .filter(({ value }) => value.reserved)
      .map(({ key, path, value }) => ({
        path,
        instanceTypes: value.instanceTypes,
        max: value.max,
        diskGb: value.diskGb,
        spotMax: 0,
        runsSystem: false,
        containers: containers.filter(({ value: { nodeGroup } }) => nodeGroup === key),
      })),
  ];
}
