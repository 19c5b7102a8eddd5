/**
 * What the name of an EC2 instance type contains: `t4g.small` is family t, generation 4, options g, size small. Pure.
 * Source: Amazon EC2 user guide, "Instance type naming conventions".
 */

/** Families whose types are arm64 although their generation is not followed by `g`. */
const ARM_FAMILIES: readonly string[] = ['a1', 'mac2'];

/**
 * Families of the generation before Nitro, whose disks are no NVMe devices.
 * Source: Amazon EC2 user guide, "Instances built on the Xen System".
 */
const XEN_FAMILIES: readonly string[] = [
  't1',
  't2',
  'm1',
  'm2',
  'm3',
  'm4',
  'c1',
  'c3',
  'c4',
  'r3',
  'r4',
  'i2',
  'i3',
  'd2',
  'h1',
  'x1',
  'x1e',
  'p2',
  'p3',
  'g2',
  'g3',
  'g3s',
  'f1',
];

const familyOf = (instanceType: string): string => instanceType.split('.')[0] ?? '';

/** The architecture of an instance type's processors; `g` among the options after the generation means Graviton. */
export function architectureOf(instanceType: string): 'x86_64' | 'arm64' {
  const family = familyOf(instanceType);
  const options = /^[a-z]+\d+([a-z]*)/.exec(family)?.[1] ?? '';
  return options.includes('g') || ARM_FAMILIES.includes(family) ? 'arm64' : 'x86_64';
}

/** Whether the type runs on Nitro, where volumes are NVMe devices with the volume's id as serial number. */
export function isNitro(instanceType: string): boolean {
  return !XEN_FAMILIES.includes(familyOf(instanceType));
}

/** Whether the type earns and spends CPU credits. */
export function isBurstable(instanceType: string): boolean {
  return /^t\d/.test(instanceType);
}
