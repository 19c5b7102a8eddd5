/**
 * The box: one EC2 host with Docker Compose, a reverse proxy, and data on a volume that outlives the host.
 *
 * The section can accompany another tier: it then keeps the address and the volume while a system moves off its host.
 */
import { z } from 'zod';
import { DOCKER_CAPABILITIES } from '../tables/capabilities';
import { cidr, count, cron, days, email, helped, key, keyOf, timeOfDay, timezone } from './primitives';

const instanceType = helped(z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9]+$/), {
  allowed: 'an EC2 instance type such as "t3.medium"',
  fix: 'types of the t4g, m7g, c7g ... families are arm64 and need images built for it',
});

const backup = z.strictObject({
  /** Key of the declared bucket that receives dumps, files and checksums. @example 'backups' */
  bucket: keyOf<'buckets'>(),
  /** Times of the backup: five cron fields in the host's `timezone`. @default '0 2 * * *' */
  schedule: cron.default('0 2 * * *'),
  /** How long backups also stay on the host, while the data volume has room. Those not yet in S3 stay longer. @unit days @default 7 */
  hostRetentionDays: days(1, 90).default(7),
  /**
   * Times of the restore test: the newest backup is restored on a separate server on the host and compared. Five cron fields in
   * the host's `timezone`.
   * @default '0 4 * * 0'
   */
  drillSchedule: cron.default('0 4 * * 0'),
  /** Age of the last complete backup above which an alarm is raised. @unit hours @default 26 */
  alarmAfterHours: count(1, 9000).default(26),
  /**
   * Age of the last successful restore test above which an alarm is raised; longer than the interval of the tests. @unit hours
   * @default 192
   */
  drillAlarmAfterHours: count(1, 9000).default(192),
});

/** PostgreSQL with `database.placement: 'host'`. A change restarts PostgreSQL: seconds without database connections. */
export const postgresSchema = z.strictObject({
  /** Connections at the same time. Each one can use several megabytes of the host's memory. @unit connections @default 100 */
  maxConnections: count(10, 5000).default(100),
  /**
   * Memory for shared buffers, taken from the host whether used or not. PostgreSQL's documentation advises a quarter of the
   * memory of a host that serves nothing else; a host with containers has less to spare. @unit MiB @default 128
   */
  sharedBuffersMib: count(16, 65_536).default(128),
  /** Statements that take longer are logged, with their text. @unit milliseconds @default 1000 */
  slowStatementMilliseconds: count(1, 3_600_000).default(1000),
});

/** Redis with `cache.placement: 'host'`. A change restarts Redis. */
export const redisSchema = z.strictObject({
  /**
   * Memory for data. When it is full, `cache.evictionPolicy` decides: keys are evicted, or writes fail. @unit MiB @default 128
   */
  maxMemoryMib: count(16, 65_536).default(128),
});

export const boxSchema = z.strictObject({
  /**
   * EC2 instance type of the host, of a Nitro generation (t3 or later). Types such as t4g, m7g and c7g are arm64 and need
   * images built for it. @example 't3.small'
   * @price t3.small $15.20, t3.medium $30.40, t4g.medium $24.50 a month (EC2, us-east-1, 2026-11).
   * @danger Changing it stops and starts the host: minutes of downtime.
   */
  instanceType,
  /**
   * Operating system of the host.
   * @danger Changing it replaces the host on the same volume and address: minutes of downtime.
   */
  operatingSystem: z.enum(['ubuntu-24.04', 'amazon-linux-2023']),
  /**
   * Size of the system disk, which holds images and logs but no data. It grows and never shrinks. @unit GB @example 12
   * @price $0.08 per GB and month (EBS, us-east-1, 2026-11).
   */
  rootVolumeGb: count(8, 1024),
  /**
   * Size of the data volume in the data stack: PostgreSQL, Redis, uploads, recent backups. It grows without downtime.
   * @unit GB @example 20 @price $0.08 per GB and month (EBS, us-east-1, 2026-11).
   * @danger It never shrinks: a smaller value is refused, because it would be another, empty volume.
   */
  dataVolumeGb: count(1, 16384),
  /** Directory on the host of the configuration and the Compose file. @example '/opt/shop' */
  applicationDirectory: helped(z.string().regex(/^\/[a-z0-9/_-]+$/), {
    allowed: 'an absolute path of lower-case letters, digits, hyphens and underscores',
    fix: 'for example "/opt/shop"',
  }),
  /**
   * How PostgreSQL and Redis with `placement: 'host'` run: as containers, or as packages of the operating system.
   * @default 'containers' @danger A change does not take the files over: `terrace-upgrade` on the host first, then `terrace-restore`.
   * With packages, containers share the network of the host and its ports: a release stops the former container of a service
   * before the new one starts, and requests fail meanwhile.
   */
  dataStores: z.enum(['containers', 'packages']).default('containers'),
  /**
   * Settings of PostgreSQL on the host. Only with `database.placement: 'host'`. @default none @example { maxConnections: 200 }
   * @danger A change restarts PostgreSQL: seconds without database connections.
   */
  postgres: postgresSchema.optional(),
  /**
   * Settings of Redis on the host. Only with `cache.placement: 'host'`. @default none @example { maxMemoryMib: 256 }
   * @danger A change restarts Redis.
   */
  redis: redisSchema.optional(),
  /**
   * Name of an EC2 key pair, for SSH. Session Manager needs none. @default none @example 'ops'
   * @danger Changing it replaces the host on the same volume and address.
   */
  keyPair: z.string().min(1).optional(),
  /**
   * Networks from which port 22 can be reached. @default [] @example ['203.0.113.7/32']
   * @danger Opens SSH to these networks. A network larger than /8 needs an acknowledgement.
   */
  sshCidrs: z.array(cidr).default([]),
  /**
   * Whether EC2 reports metrics every minute instead of every five. @default false
   * @price $2.10 a month (CloudWatch, us-east-1, 2026-11).
   */
  detailedMonitoring: z.boolean().default(false),
  /**
   * Who can reach ports 80 and 443: everyone, or Cloudflare's published address ranges only. @default 'public'
   * @danger `cloudflare` makes the host unreachable for names that are not behind Cloudflare's proxy.
   */
  origin: z.enum(['public', 'cloudflare']).default('public'),
  /**
   * What the host can reach: `web` is HTTP and HTTPS anywhere, and the managed database and cache; `all` is every port of
   * every address. @default 'web' @danger `all` lets an intruder on the host connect anywhere.
   */
  egress: z.enum(['web', 'all']).default('web'),
  /**
   * Burstable types only (t3, t4g): `unlimited` continues at full speed when the credits are used up, and bills it; `standard`
   * slows down instead. @default 'unlimited'
   * @price `unlimited`: $0.05 per vCPU-hour above the baseline, averaged over 24 hours (EC2, us-east-1, 2026-11).
   */
  cpuCredits: z.enum(['unlimited', 'standard']).default('unlimited'),
  /** E-mail address to which the certificate authority sends notices. @example 'ops@shop.example' */
  certificateEmail: email,
  /**
   * When certificates that expire within 30 days are renewed: five cron fields in `timezone`. nginx then reloads, without
   * closing connections. @default '0 12 * * *'
   */
  certificateRenewal: cron.default('0 12 * * *'),
  /**
   * When the host restarts if an installed security update needs it, such as one of the kernel: `HH:MM` in `timezone`. On Amazon Linux
   * the updates are installed at this time as well. A backup, a drill or a job that runs is waited for. @default '03:30'
   * @danger A restart stops every container: one to three minutes of downtime. It cannot be within an hour after the start of a
   * backup or a drill.
   */
  restartTime: timeOfDay.default('03:30'),
  /**
   * Time zone of what the host does at fixed times: backup, restore test, renewal of certificates, restart. The schedules of jobs
   * have their own. Where the clocks change, a time from 00:00 to 03:00 is skipped or comes twice in that night.
   * @default 'UTC' @example 'Europe/Berlin'
   */
  timezone: timezone.default('UTC'),
  /** Nightly backups of the database and the files on the host, and their restore test. @example { bucket: 'backups' } */
  backup,
  /** Container registries besides ECR that need a login. @default [] @example [{ server: 'ghcr.io', secret: 'registry' }] */
  registries: z
    .array(
      z.strictObject({
        /** Host name of the registry. @example 'ghcr.io' */
        server: helped(
          z
            .string()
            .max(255)
            .regex(/^(?:https:\/\/)?[A-Za-z0-9.-]+(?::\d+)?(?:\/[A-Za-z0-9._/-]*)?$/),
          {
            allowed: 'the host name of a registry such as "ghcr.io", with a port or without',
            fix: 'write it as `docker login` takes it',
          },
        ),
        /** Key of a declared secret with the JSON keys `username` and `password`. @example 'registry' */
        secret: keyOf<'secrets'>(),
      }),
    )
    .default([]),
  /**
   * Linux capabilities that a container keeps besides the usual ones, by its key. The usual ones are none for a container with a
   * `user`, and otherwise those with which an image changes from root to its own user. @default {}
   * @example { api: ['NET_RAW'] } @danger Each one is of use to an intruder in the container.
   */
  capabilities: z.record(key, z.array(z.enum(DOCKER_CAPABILITIES)).min(1)).default({}),
  /**
   * The most processes and threads of one container, so that a fork bomb stops no other. PostgreSQL may also have one for each
   * connection. @unit processes @default 1024
   */
  processLimit: count(64, 32_768).default(1024),
  /**
   * How long daily snapshots of the data volume are kept. @unit days @default 7
   * @price $0.05 per GB and month of changed blocks (EBS, us-east-1, 2026-11).
   */
  snapshotRetentionDays: days(1, 365).default(7),
  /**
   * Number of hosts. More than one makes an auto-scaling group behind a load balancer, and needs managed data.
   * @default { min: 1, max: 1 } @example { min: 2, max: 4 }
   * @price The load balancer costs $16.40 a month and more with traffic (ELB, us-east-1, 2026-11).
   * @danger A step from one host to several replaces the host; its volume and address are no longer used.
   */
  instances: z
    .strictObject({
      /** Hosts that always run. @unit hosts */
      min: count(1, 20),
      /** Hosts that run at most. @unit hosts */
      max: count(1, 20),
    })
    .prefault({ min: 1, max: 1 }),
});
