/**
 * Memory of RDS instance classes, and how many connections PostgreSQL accepts on them.
 * Source: Amazon RDS user guide, "Hardware specifications for DB instance classes" and "Maximum number of database connections".
 */

/** GiB of the `large` size of each family; the other sizes are multiples of it. */
const LARGE_GIB: Readonly<Record<string, number>> = {
  t3: 8,
  t4g: 8,
  m5: 8,
  m5d: 8,
  m6g: 8,
  m6gd: 8,
  m6i: 8,
  m6id: 8,
  m6idn: 8,
  m6in: 8,
  m7g: 8,
  m7i: 8,
  m8g: 8,
  m8gd: 8,
  r5: 16,
  r5b: 16,
  r5d: 16,
  r6g: 16,
  r6gd: 16,
  r6i: 16,
  r6id: 16,
  r6idn: 16,
  r6in: 16,
  r7g: 16,
  r7i: 16,
  r8g: 16,
  r8gd: 16,
  x2g: 32,
  x2idn: 32,
  x2iedn: 64,
  x2iezn: 64,
};

const TIMES_LARGE: Readonly<Record<string, number>> = {
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
  '2xlarge': 4,
  '4xlarge': 8,
  '8xlarge': 16,
  '12xlarge': 24,
  '16xlarge': 32,
  '24xlarge': 48,
  '32xlarge': 64,
  '48xlarge': 96,
};

const GIB_IN_BYTES = 2 ** 30;

/** RDS's own default: LEAST({DBInstanceClassMemory/9531392}, 5000). */
const BYTES_PER_CONNECTION = 9_531_392;
const MOST_CONNECTIONS = 5000;

/** The memory of a class such as `db.t4g.micro`, in GiB; undefined for a class that the table does not know. */
export function memoryGibOf(instanceClass: string): number | undefined {
  const [, family = '', size = ''] = instanceClass.split('.');
  const large = LARGE_GIB[family];
  const times = TIMES_LARGE[size];
  return large === undefined || times === undefined ? undefined : large * times;
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
