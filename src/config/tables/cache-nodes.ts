/**
 * Node types of ElastiCache for Valkey and Redis without data tiering.
 * Source: Amazon ElastiCache user guide, "Supported node types".
 */

const SMALL = ['micro', 'small', 'medium'];
const TO_16 = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];

const SIZES: Readonly<Record<string, readonly string[]>> = {
  t2: SMALL,
  t3: SMALL,
  t4g: SMALL,
  m4: ['large', 'xlarge', '2xlarge', '4xlarge', '10xlarge'],
  m5: ['large', 'xlarge', '2xlarge', '4xlarge', '12xlarge', '24xlarge'],
  m6g: TO_16,
  m7g: TO_16,
  r4: ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge'],
  r5: ['large', 'xlarge', '2xlarge', '4xlarge', '12xlarge', '24xlarge'],
  r6g: TO_16,
  r7g: TO_16,
  c7gn: TO_16,
};

/** Every node type of the table, such as `cache.t4g.micro`. */
export const CACHE_NODES: readonly string[] = Object.entries(SIZES).flatMap(([family, sizes]) =>
  sizes.map((size) => `cache.${family}.${size}`),
);
