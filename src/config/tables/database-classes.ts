/**
 * Memory of RDS instance classes, and how many connections PostgreSQL accepts on them.
 * Source: Amazon RDS user guide, "Hardware specifications for DB instance classes" and "Maximum number of database connections".
 */

const TIMES_LARGE = {
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
  '2xlarge': 4,
  '4xlarge': 8,
  '6xlarge': 12,
  '8xlarge': 16,
  '12xlarge': 24,
  '16xlarge': 32,
  '24xlarge': 48,
  '32xlarge': 64,
  '48xlarge': 96,
} as const;

type Size = keyof typeof TIMES_LARGE;

const BURSTABLE: readonly Size[] = ['micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'];
const TO_16: readonly Size[] = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];
const TO_24: readonly Size[] = [...TO_16, '24xlarge'];
const TO_32: readonly Size[] = [...TO_24, '32xlarge'];
const TO_48: readonly Size[] = [...TO_24, '48xlarge'];

interface Family {
  /** GiB of the `large` size; the other sizes are multiples of it. */
  readonly largeGib: number;
  readonly sizes: readonly Size[];
}

const each = (families: readonly string[], largeGib: number, sizes: readonly Size[]): Readonly<Record<string, Family>> =>
  Object.fromEntries(families.map((family) => [family, { largeGib, sizes }]));

/** The families that RDS for PostgreSQL sells today. */
const FAMILIES: Readonly<Record<string, Family>> = {
  ...each(['t3', 't4g'], 8, BURSTABLE),
  ...each(['m6g', 'm6gd', 'm7g'], 8, TO_16),
  ...each(['m5', 'm5d'], 8, TO_24),
  ...each(['m6i', 'm6id', 'm6idn', 'm6in'], 8, TO_32),
  ...each(['m7i', 'm8g', 'm8gd'], 8, TO_48),
  ...each(['r6g', 'r6gd', 'r7g'], 16, TO_16),
  ...each(['r5', 'r5b', 'r5d'], 16, TO_24),
  ...each(['r6i', 'r6id', 'r6idn', 'r6in'], 16, TO_32),
  ...each(['r7i', 'r8g', 'r8gd'], 16, TO_48),
  x2g: { largeGib: 32, sizes: TO_16 },
  x2idn: { largeGib: 32, sizes: ['16xlarge', '24xlarge', '32xlarge'] },
  x2iedn: { largeGib: 64, sizes: ['xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge', '24xlarge', '32xlarge'] },
  x2iezn: { largeGib: 64, sizes: ['2xlarge', '4xlarge', '6xlarge', '8xlarge', '12xlarge'] },
};

/** Every class of the table, such as `db.t4g.micro`. */
export const DATABASE_CLASSES: readonly string[] = Object.entries(FAMILIES).flatMap(([family, { sizes }]) =>
  sizes.map((size) => `db.${family}.${size}`),
);

const GIB_IN_BYTES = 2 ** 30;

/** RDS's own default: LEAST({DBInstanceClassMemory/9531392}, 5000). */
const BYTES_PER_CONNECTION = 9_531_392;
const MOST_CONNECTIONS = 5000;

/** The memory of a class such as `db.t4g.micro`, in GiB; undefined for a class that the table does not know. */
export function memoryGibOf(instanceClass: string): number | undefined {
  const [, name = '', wanted] = instanceClass.split('.');
  const family = FAMILIES[name];
  const size = family?.sizes.find((one) => one === wanted);
  return family === undefined || size === undefined ? undefined : family.largeGib * TIMES_LARGE[size];
}

/**
 * `max_connections` of PostgreSQL on a class, by RDS's default formula.
 * An upper bound: RDS subtracts the memory of its own processes first, and reserves a few connections.
 * @returns undefined for a class that the table does not know
 */
export function maxConnectionsOf(instanceClass: string): number | undefined {
  const memoryGib = memoryGibOf(instanceClass);
  if (memoryGib === undefined) return undefined;
  return Math.min(Math.floor((memoryGib * GIB_IN_BYTES) / BYTES_PER_CONNECTION), MOST_CONNECTIONS);
}
