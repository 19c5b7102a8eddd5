/** How Kubernetes writes amounts and text. Amounts are canonical, so that none reads back differently. Pure. */

/** `500m`, `2` */
export function cpuQuantity(vcpu: number): string {
  const millis = Math.round(vcpu * 1000);
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}

/** `512Mi`, `2Gi` */
export function memoryQuantity(mib: number): string {
  return mib % 1024 === 0 ? `${mib / 1024}Gi` : `${mib}Mi`;
}

/**
 * Disk for logs and scratch space, in GiB, unless the container asks for another. All pods of a node share its disk, so a container
 * that fills it must be evicted before the others fail.
 */
const SCRATCH_GIB = 1;

/** `1Gi`: of a container, and the largest size of one of its scratch directories. */
export function storageQuantity({ ephemeralStorageGib = SCRATCH_GIB }: { readonly ephemeralStorageGib?: number }): string {
  return `${ephemeralStorageGib}Gi`;
}

interface ContainerSize {
  readonly vcpu: number;
  readonly memoryMib: number;
  readonly ephemeralStorageGib?: number;
}

/** The resources of a container. Requests equal limits, as a Fargate task gets exactly the size that it pays for. */
export function resourcesOf(size: ContainerSize) {
  const { vcpu, memoryMib } = size;
  const amounts = { cpu: cpuQuantity(vcpu), memory: memoryQuantity(memoryMib), 'ephemeral-storage': storageQuantity(size) };
  return { requests: amounts, limits: amounts };
}

/**
 * Text for a command, an argument or a probe that reaches the container as it was written, as on the other tiers.
 * Kubernetes expands `$(NAME)` and reads `$$` as an escaped dollar.
 */
export function kubernetesLiteral(text: string): string {
  return text.replace(/\$(?=[$(])/g, '$$$$');
}
