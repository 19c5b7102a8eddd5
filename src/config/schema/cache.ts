/** The cache: where it runs, its engine, its size, and what it removes when memory is full. */
import { z } from 'zod';
import { CACHE_VERSIONS } from '../tables/cache-engines';
import { count, days, helped, onlyIn, withElsewhere } from './primitives';

/** Fields of both placements. */
const common = {
  /**
   * What the cache is for. A `cache` may lose any key; a `queue` holds jobs of a library such as BullMQ, Sidekiq or Celery, of which
   * none may be evicted. It decides the default of `evictionPolicy`. @default 'cache'
   */
  purpose: z.enum(['cache', 'queue']).default('cache'),
  /**
   * What is removed when memory is full; the `volatile` policies remove only keys with an expiry, and `noeviction` refuses writes.
   * @default 'volatile-lru', 'noeviction' for a `queue`
   * @danger Every policy but `noeviction` may remove jobs that wait in a queue; for a `queue` it needs an acknowledgement.
   */
  evictionPolicy: z.enum(['noeviction', 'volatile-lru', 'allkeys-lru', 'volatile-ttl', 'allkeys-lfu', 'volatile-lfu']).optional(),
};

/** Valkey or Redis on ElastiCache. */
const managedCache = z.strictObject({
  /** A replication group of ElastiCache, on every tier. @danger A change creates an empty cache. */
  placement: z.literal('managed'),
  ...common,
  /**
   * `valkey` is the open continuation of Redis 7.2: the same protocol and commands, and 20 % cheaper. @default 'valkey'
   * @price cache.t4g.micro $9.34 a month with `valkey`, $11.68 with `redis` (ElastiCache, us-east-1, 2026-11).
   * @danger `redis` becomes `valkey` in place, with a failover of seconds; back to `redis` creates an empty cache.
   */
  engine: z.enum(['valkey', 'redis']).default('valkey'),
  /**
   * Version of the engine: Valkey 7.2 to 8.2, Redis 6.2 to 7.1. A higher one upgrades in place; a lower one replaces the cache.
   * @default '8.1', '7.1' for `redis`
   */
  version: z.enum(CACHE_VERSIONS).optional(),
  /**
   * ElastiCache node type. @example 'cache.t4g.micro'
   * @price cache.t4g.micro $9.34, cache.t4g.small $18.69 a month for each node with `valkey` (ElastiCache, us-east-1, 2026-11).
   */
  nodeType: helped(z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/), {
    allowed: 'an ElastiCache node type such as "cache.t4g.micro"',
    fix: 'see the ElastiCache node type table',
  }),
  /**
   * Replicas in addition to the primary, in other zones; with one or more, a replica takes over when the primary fails.
   * @unit nodes @default 0
   * @price Each costs as much as the primary: cache.t4g.micro $9.34 a month with `valkey` (ElastiCache, us-east-1, 2026-11).
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
    /** Redis is the only engine on a host. @default 'redis' */
    engine: helped(z.literal('redis').default('redis'), {
      allowed: '"redis" on the host',
      fix: "remove it; Valkey needs placement: 'managed', and its clients are the same",
    }),
    /** Version of Redis. @default '7.1' */
    version: z.enum(['6.2', '7.0', '7.1']).default('7.1'),
  }),
  {
    ...onlyIn(managedCache, `${ONLY_MANAGED}: remove it, or choose 'managed'`),
    nodeType: `${ONLY_MANAGED}; on the host, \`box.redis\` has the settings of Redis`,
  },
);

export const cacheSchema = z.discriminatedUnion('placement', [managedCache, hostCache]);
