/** The capacity of a Kubernetes node for workloads, without what its system uses. Pure. */
import type { NodeType } from '../tables/node-types';

export interface Capacity {
  readonly vcpu: number;
  readonly memoryMib: number;
}

/** The most pods that EKS recommends on nodes with fewer than 30 vCPUs, and on larger ones. */
const POD_LIMIT = { small: 110, large: 250, largeFromVcpu: 30 } as const;

/** A /28 prefix occupies the slot of one address. */
const ADDRESSES_PER_PREFIX = 16;

/**
 * The most pods on one node. Pods of the host's own network (two on every node) need no address.
 * Source: Amazon EKS user guide, "How maxPods is determined".
 * @param prefixDelegation whether interfaces hold prefixes of 16 addresses instead of single ones
 */
export function maximumPods({ vcpu, interfaces, addressesPerInterface }: NodeType, prefixDelegation: boolean): number {
  const slots = interfaces * (addressesPerInterface - 1);
  if (!prefixDelegation) return slots + 2;
  return Math.min(slots * ADDRESSES_PER_PREFIX + 2, vcpu < POD_LIMIT.largeFromVcpu ? POD_LIMIT.small : POD_LIMIT.large);
}

/** vCPUs that the node image reserves: 6 % of the first, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest. Source: nodeadm. */
function reservedVcpu(vcpu: number): number {
  const shares: readonly (readonly [from: number, to: number, share: number])[] = [
    [0, 1, 0.06],
    [1, 2, 0.01],
    [2, 4, 0.005],
    [4, Infinity, 0.0025],
  ];
  return shares.reduce((sum, [from, to, share]) => sum + Math.max(0, Math.min(vcpu, to) - from) * share, 0);
}

/** The share of a type's memory that hypervisor and kernel use. Source: Karpenter's `vm-memory-overhead-percent`. */
const HIDDEN_MEMORY = 0.075;

/** MiB at which the kubelet begins to evict. */
const EVICTION_MIB = 100;

/**
 * What workloads may request on one node. nodeadm reserves 255 MiB, and 11 MiB for each pod of the limit without prefixes.
 * @param system what the system's pods of every node request
 */
export function allocatable(type: NodeType, system: Capacity): Capacity {
  const kubeletMib = 11 * maximumPods(type, false) + 255;
  const visibleMib = type.memoryGib * 1024 * (1 - HIDDEN_MEMORY);
  return {
    vcpu: type.vcpu - reservedVcpu(type.vcpu) - system.vcpu,
    memoryMib: Math.floor(visibleMib - kubeletMib - EVICTION_MIB - system.memoryMib),
  };
}

/** The requests of a PgBouncer sidecar. On Fargate it runs inside the task's size; a pod requests it in addition to its container. */
export const POOLER_SIZE: Capacity = { vcpu: 0.1, memoryMib: 64 };
