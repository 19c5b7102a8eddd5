/** Amounts of CPU and memory as Kubernetes writes them: in its canonical form, so that nothing reads back differently. Pure. */

/** What a container is given. Requests and limits are the same, as a Fargate task gets exactly what it pays for. */
export interface Resources {
  readonly requests: Quantities;
  readonly limits: Quantities;
}

export type Quantities = Readonly<Record<'cpu' | 'memory' | 'ephemeral-storage', string>>;

/**
 * Disk for logs and scratch space. The node's 20 GB or more are shared by all its pods, so one that fills them must be
 * stopped before it takes its neighbours along.
 */
const SCRATCH_MIB = 1024;

/** `500m`, `2` */
export function cpuQuantity(vcpu: number): string {
  const millis = Math.round(vcpu * 1000);
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}

/** `512Mi`, `2Gi` */
export function memoryQuantity(mib: number): string {
  return mib % 1024 === 0 ? `${mib / 1024}Gi` : `${mib}Mi`;
}

/** The resources of a container of this size. */
export function resourcesOf(vcpu: number, memoryMib: number): Resources {
  const amounts = { cpu: cpuQuantity(vcpu), memory: memoryQuantity(memoryMib), 'ephemeral-storage': memoryQuantity(SCRATCH_MIB) };
  return { requests: amounts, limits: amounts };
}
