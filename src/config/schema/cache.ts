/** Redis: where it runs, its size, and what it removes when memory is full. */
import { z } from 'zod';
import { count, days, helped, onlyIn, withElsewhere } from './primitives';

/** Fields of both placements. */
const common = {
  /** Version of Redis. A higher one upgrades in place; a lower one replaces the cache. @default '7.1' */
  version: z.enum(['6.2', '7.0', '7.1']).default('7.1'),
  /**
   * What Redis removes when its memory is full; the `volatile` policies remove only keys with an expiry. @default 'volatile-lru'
   */
  evictionPolicy: z
    .enum(['noeviction', 'volatile-lru', 'allkeys-lru', 'volatile-ttl', 'allkeys-lfu', 'volatile-lfu'])
    .default('volatile-lru'),
};

/** Redis on ElastiCache. */
const managedCache = z.strictObject({
  /** A replication group of ElastiCache, on every tier. @danger A change creates an empty cache. */
  placement: z.literal('managed'),
  ...common,
  /**
   * ElastiCache node type. @example 'cache.t4g.micro'
   * @price cache.t4g.micro $11.70, cache.t4g.small $23.40 a month for each node (ElastiCache, us-east-1, 2026-11).
   */
  nodeType: helped(z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/), {
    allowed: 'an ElastiCache node type such as "cache.t4g.micro"',
    fix: 'see the ElastiCache node type table',
  }),
  /**
   * Replicas in addition to the primary, in other zones; with one or more, a replica takes over when the primary fails.
   * @unit nodes @default 0
   * @price Each costs as much as the primary: cache.t4g.micro $11.70 a month (ElastiCache, us-east-1, 2026-11).
   */
  replicas: count(0, 5).default(0),
  /**
   * Number of daily snapshots that are kept; 0 keeps none. @unit days @default 7 under `protect`, otherwise 0
   * @price One snapshot is free, further ones cost $0.085 per GB and month (ElastiCache, us-east-1, 2026-11).
   */
  snapshotRetentionDays: days(0, 35).optional(),
});

const ONLY_MANAGED = "only with placement: 'managed' (ElastiCache)";

/** Redis on the box. */
const hostCache = withElsewhere(
  z.strictObject({
    /** A container or package on the box; tier `box` only. @danger A change creates an empty cache. */
    placement: z.literal('host'),
    ...common,
  }),
  {
    ...onlyIn(managedCache, `${ONLY_MANAGED}: remove it, or choose 'managed'`),
    nodeType: `${ONLY_MANAGED}; on the host, \`box.redis\` has the settings of Redis`,
  },
);

export const cacheSchema = z.discriminatedUnion('placement', [managedCache, hostCache]);
