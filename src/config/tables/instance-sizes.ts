/**
 * vCPUs and memory of EC2 instance types that a host of a box can have.
 * Source: Amazon EC2 user guide, "Amazon EC2 instance types"; the sizes from medium on are those of `node-types.ts`.
 */
import { NODE_TYPES } from './node-types';

export interface InstanceSize {
  readonly vcpu: number;
  readonly memoryMib: number;
}

/** GiB of the burstable sizes that are too small for Kubernetes nodes; each has two vCPUs. */
const SMALL_GIB = { nano: 0.5, micro: 1, small: 2 } as const;

const MIB_PER_GIB = 1024;

/** The size of an instance type, if it is known. */
export function instanceSize(instanceType: string): InstanceSize | undefined {
  const node = NODE_TYPES.get(instanceType);
  if (node !== undefined) return { vcpu: node.vcpu, memoryMib: node.memoryGib * MIB_PER_GIB };
  const small = /^(?:t3|t3a|t4g)\.(nano|micro|small)$/.exec(instanceType)?.[1] as keyof typeof SMALL_GIB | undefined;
  return small && { vcpu: 2, memoryMib: SMALL_GIB[small] * MIB_PER_GIB };
}

/** Every instance type whose size is known. */
export const KNOWN_INSTANCE_TYPES: readonly string[] = [
  ...['t3', 't3a', 't4g'].flatMap((family) => Object.keys(SMALL_GIB).map((size) => `${family}.${size}`)),
  ...NODE_TYPES.keys(),
];
