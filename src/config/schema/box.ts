/**
 * The box: one EC2 host with Docker Compose, a reverse proxy, and data on a volume that outlives it.
 *
 * The section may be present with another tier: it then keeps address and volume while a system moves away from its host.
 */
import { z } from 'zod';
import { cidr, count, cron, days, helped, key } from './primitives';

const instanceType = helped(z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9]+$/), {
  allowed: 'an EC2 instance type such as "t3.medium"',
  fix: 'types of the t4g, m7g, c7g ... families are arm64 and need images built for it',
});

const backup = z.strictObject({
  /** The key of the bucket for dumps, files and checksums. */
  bucket: key,
  /** When to back up, in UTC. @default '0 2 * * *' */
  schedule: cron.default('0 2 * * *'),
  /** Days for which backups are also kept on the data volume. @default 7 */
  hostRetentionDays: days(1, 90).default(7),
  /** When the newest backup is restored into a scratch database and compared, in UTC. @default '0 4 * * 0' */
  drillSchedule: cron.default('0 4 * * 0'),
  /** Hours without a successful backup after which an alarm is raised. @default 26 */
  alarmAfterHours: count(1, 168).default(26),
  /** Hours without a successful drill after which an alarm is raised; longer than the drill's interval. @default 192, eight days */
  drillAlarmAfterHours: count(1, 9000).default(192),
});

/** PostgreSQL with `database.placement: 'host'`. A change restarts PostgreSQL: seconds without database connections. */
export const postgresSchema = z.strictObject({
  /** Connections at the same time. Each one can use several megabytes of the host's memory. @default 100, as PostgreSQL itself */
  maxConnections: count(10, 5000).default(100),
  /**
   * MiB of memory for shared buffers, taken from the host whether used or not. PostgreSQL's documentation advises a quarter of
   * the memory of a host that serves nothing else; a host with containers has less to spare.
   * @default 128, as PostgreSQL itself
   */
  sharedBuffersMib: count(16, 65_536).default(128),
  /** Milliseconds; statements that take longer are logged, with their text. @default 1000 */
  slowStatementMilliseconds: count(1, 3_600_000).default(1000),
});

/** Redis with `cache.placement: 'host'`. A change restarts Redis. */
export const redisSchema = z.strictObject({
  /** MiB of memory for data. When it is full, `cache.evictionPolicy` decides: keys are evicted, or writes fail. @default 128 */
  maxMemoryMib: count(16, 65_536).default(128),
});

export const boxSchema = z.strictObject({
  /** The size of the host. Changing it stops and starts the host: minutes of downtime. */
  instanceType,
  /** Changing it replaces the host: minutes of downtime. The data volume stays. */
  operatingSystem: z.enum(['ubuntu-24.04', 'amazon-linux-2023']),
  /** GB of the system disk, which holds images and logs, but no data. Grows in place, never shrinks. About $0.08 per GB and month. */
  rootVolumeGb: count(8, 1024),
  /** GB of the volume for PostgreSQL, Redis, uploads and local backups. Grows in place, never shrinks. About $0.08 per GB and month. */
  dataVolumeGb: count(1, 16384),
  /** The directory of the Compose file on the host. Backups include it. */
  applicationDirectory: helped(z.string().regex(/^\/[a-z0-9/_-]+$/), {
    allowed: 'an absolute path of lower-case letters, digits, hyphens and underscores',
    fix: 'for example "/opt/shop"',
  }),
  /**
   * How PostgreSQL and Redis with `placement: 'host'` run: in containers, or installed as packages. After a change both start
   * empty: restore a backup (docs/box-host.md).
   * @default 'containers'
   */
  dataStores: z.enum(['containers', 'packages']).default('containers'),
  /** Settings of PostgreSQL on the host. Only with `database.placement: 'host'`. @default PostgreSQL's own, slow statements logged */
  postgres: postgresSchema.optional(),
  /** Settings of Redis on the host. Only with `cache.placement: 'host'`. @default 128 MiB */
  redis: redisSchema.optional(),
  /** The name of an EC2 key pair. Session Manager needs none. Changing it replaces the host. @default none */
  keyPair: z.string().min(1).optional(),
  /** Networks that may reach port 22. The world needs `acknowledge: { 'ssh-world': '...' }`. @default [] */
  sshCidrs: z.array(cidr).default([]),
  /** Metrics of EC2 every minute instead of every five; about $2 a month per host. @default false */
  detailedMonitoring: z.boolean().default(false),
  /** Who may reach 80 and 443: `public`, or only `cloudflare`'s published ranges. @default 'public' */
  origin: z.enum(['public', 'cloudflare']).default('public'),
  /**
   * What the host may reach: `web` is HTTP (package mirrors) and HTTPS (registries, AWS, certificates) besides managed data;
   * `all` is every port of every address. @default 'web'
   */
  egress: z.enum(['web', 'all']).default('web'),
  /**
   * Only for burstable types (t3, t4g). `unlimited` runs on without credits, and bills what the average of a day exceeds the
   * baseline by (about $0.05 per vCPU-hour); `standard` slows down instead.
   * @default 'unlimited', as AWS does, with an alarm
   */
  cpuCredits: z.enum(['unlimited', 'standard']).default('unlimited'),
  /** The address that Let's Encrypt may send notices to. */
  certificateEmail: z.email(),
  /**
   * When certificates that expire within 30 days are renewed, in UTC. nginx then reloads, without closing connections.
   * @default '0 12 * * *'
   */
  certificateRenewal: cron.default('0 12 * * *'),
  backup,
  /** Registries besides ECR that need a login: the key of a secret with the JSON keys `username` and `password`. @default [] */
  registries: z.array(z.strictObject({ server: z.string().min(1), secret: key })).default([]),
  /** Days for which daily snapshots of the data volume are kept. About $0.05 per GB and month. @default 7 */
  snapshotRetentionDays: days(1, 365).default(7),
  /** More than one host needs managed data, and adds a load balancer (about $20 a month). @default one */
  instances: z.strictObject({ min: count(1, 20), max: count(1, 20) }).prefault({ min: 1, max: 1 }),
});
