/**
 * EC2 instance types that Kubernetes nodes can be: size, and how many addresses their network interfaces hold.
 * Sources: Amazon EC2 user guide, "Amazon EC2 instance types"; network interfaces and addresses as the EKS node image
 * reads them (amazon-eks-ami, `instance-info.jsonl`).
 */

/** What one instance type brings. */
export interface NodeType {
  readonly vcpu: number;
  readonly memoryGib: number;
  /** Network interfaces. */
  readonly interfaces: number;
  /** IPv4 addresses of each interface, its own among them. */
  readonly addressesPerInterface: number;
}

type Size = Omit<NodeType, 'memoryGib'>;

/** Sizes of the families whose name implies the memory per vCPU. */
const SIZES: Readonly<Record<string, Size>> = {
  large: { vcpu: 2, interfaces: 3, addressesPerInterface: 10 },
  xlarge: { vcpu: 4, interfaces: 4, addressesPerInterface: 15 },
  '2xlarge': { vcpu: 8, interfaces: 4, addressesPerInterface: 15 },
  '4xlarge': { vcpu: 16, interfaces: 8, addressesPerInterface: 30 },
  '8xlarge': { vcpu: 32, interfaces: 8, addressesPerInterface: 30 },
};

/** Only Graviton comes with one vCPU. */
const GRAVITON_SIZES = { medium: { vcpu: 1, interfaces: 2, addressesPerInterface: 4 }, ...SIZES };

/** GiB of memory for each vCPU: compute-, general- and memory-optimised. */
const GIB_PER_VCPU = { c: 2, m: 4, r: 8 } as const;

const GENERATIONS = ['5', '5a', '6i', '6a', '7i', '7a'] as const;
const GRAVITON_GENERATIONS = ['6g', '7g', '8g'] as const;

/** Burstable types have other sizes. None smaller than medium: the system's own pods would fill it. */
const BURSTABLE: Readonly<Record<string, NodeType>> = {
  medium: { vcpu: 2, memoryGib: 4, interfaces: 3, addressesPerInterface: 6 },
  large: { vcpu: 2, memoryGib: 8, interfaces: 3, addressesPerInterface: 12 },
  xlarge: { vcpu: 4, memoryGib: 16, interfaces: 4, addressesPerInterface: 15 },
  '2xlarge': { vcpu: 8, memoryGib: 32, interfaces: 4, addressesPerInterface: 15 },
};

const named = <T extends NodeType>(family: string, sizes: Readonly<Record<string, T>>) =>
  Object.entries(sizes).map(([size, type]) => [`${family}.${size}`, type] as const);

const withMemory = (sizes: Readonly<Record<string, Size>>, gibPerVcpu: number): Readonly<Record<string, NodeType>> =>
  Object.fromEntries(Object.entries(sizes).map(([size, type]) => [size, { ...type, memoryGib: type.vcpu * gibPerVcpu }]));

/** Instance type to what it brings. */
export const NODE_TYPES: ReadonlyMap<string, NodeType> = new Map([
  ...['t3', 't3a', 't4g'].flatMap((family) => named(family, BURSTABLE)),
  ...Object.entries(GIB_PER_VCPU).flatMap(([kind, gib]) => [
    ...GENERATIONS.flatMap((generation) => named(`${kind}${generation}`, withMemory(SIZES, gib))),
    ...GRAVITON_GENERATIONS.flatMap((generation) => named(`${kind}${generation}`, withMemory(GRAVITON_SIZES, gib))),
  ]),
]);
