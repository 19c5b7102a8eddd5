/**
 * Which memory sizes Fargate sells with which vCPU count (Linux, x86_64 and arm64).
 * Source: Amazon ECS developer guide, "Task CPU and memory".
 */
const GIB = 1024;

const steps = (fromMib: number, toMib: number, stepMib: number): readonly number[] =>
  Array.from({ length: (toMib - fromMib) / stepMib + 1 }, (_, index) => fromMib + index * stepMib);

/** vCPUs to the memory sizes in MiB that exist with them. */
export const FARGATE_MEMORY_MIB: ReadonlyMap<number, readonly number[]> = new Map([
  [0.25, [512, GIB, 2 * GIB]],
  [0.5, steps(GIB, 4 * GIB, GIB)],
  [1, steps(2 * GIB, 8 * GIB, GIB)],
  [2, steps(4 * GIB, 16 * GIB, GIB)],
  [4, steps(8 * GIB, 30 * GIB, GIB)],
  [8, steps(16 * GIB, 60 * GIB, 4 * GIB)],
  [16, steps(32 * GIB, 120 * GIB, 8 * GIB)],
]);

/** Whether Fargate sells this pair. */
export function isFargateSize(vcpu: number, memoryMib: number): boolean {
  return FARGATE_MEMORY_MIB.get(vcpu)?.includes(memoryMib) ?? false;
}
