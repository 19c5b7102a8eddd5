/** Redis: where it runs, how big it is, what it drops when memory is full. */
import { z } from 'zod';
import { count, days, helped, withElsewhere } from './primitives';

/** Fields of both placements. */
const common = {
  /** @default '7.1' */
  version: z.enum(['6.2', '7.0', '7.1']).default('7.1'),
  /** What Redis drops when memory is full. @default 'volatile-lru' */
  evictionPolicy: z
    .enum(['noeviction', 'volatile-lru', 'allkeys-lru', 'volatile-ttl', 'allkeys-lfu', 'volatile-lfu'])
    .default('volatile-lru'),
};

/** Redis on ElastiCache. */
const managedCache = z.strictObject({
  /** `managed`: ElastiCache, on every tier. */
  placement: z.literal('managed'),
  ...common,
  /** ElastiCache node type; billed by the hour for each node. Changing it moves the data to new nodes. */
  nodeType: helped(z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/), {
    allowed: 'an ElastiCache node type such as "cache.t4g.micro"',
    fix: 'see the ElastiCache node type table',
  }),
  /** Nodes in addition to the primary; with one or more, a failed primary is replaced by a replica. @default 0 */
  replicas: count(0, 5).default(0),
  /** Daily snapshots kept; 0 keeps none. @default 0, or 7 under `protect` */
  snapshotRetentionDays: days(0, 35).optional(),
});

const ONLY_MANAGED = "only with placement: 'managed' (ElastiCache): remove it, or choose 'managed'";

/** Redis on the box. */
const hostCache = withElsewhere(
  z.strictObject({
    /** `host`: on the box, only with tier `box`. */
    placement: z.literal('host'),
    ...common,
  }),
  { nodeType: ONLY_MANAGED, replicas: ONLY_MANAGED, snapshotRetentionDays: ONLY_MANAGED },
);

export const cacheSchema = z.discriminatedUnion('placement', [managedCache, hostCache]);
