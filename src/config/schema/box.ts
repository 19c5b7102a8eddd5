/**
 * The box: one EC2 host with Docker Compose, a reverse proxy, and data on a volume that outlives it.
 *
 * The section may stand beside another tier: it then keeps address and volume while a system moves away from its host.
 */
import { z } from 'zod';
import { cidr, count, cron, days, helped, key } from './primitives';

const instanceType = helped(z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9]+$/), {
  allowed: 'an EC2 instance type such as "t3.medium"',
  fix: 'types of the t4g, m7g, c7g ... families are arm64 and need images built for it',
});

const backup = z.strictObject({
  /** The declared bucket that dumps, files and checksums go to. */
  bucket: key,
  /** When, in UTC. @default '0 2 * * *' */
  schedule: cron.default('0 2 * * *'),
  /** Days that dumps also stay on the host. @default 7 */
  hostRetentionDays: days(1, 90).default(7),
  /** When the newest backup is restored into a scratch database and compared. @default '0 4 * * 0' */
  drillSchedule: cron.default('0 4 * * 0'),
  /** Hours after which a missing good backup raises an alarm. @default 26 */
  alarmAfterHours: count(1, 168).default(26),
  /** Hours after which a restore that was not proven raises an alarm; longer than the drill's interval. @default 192, eight days */
  drillAlarmAfterHours: count(1, 9000).default(192),
});

export const boxSchema = z.strictObject({
  /** Changing it stops and starts the host: minutes of downtime. */
  instanceType,
  /** Changing it replaces the host; the data volume stays. */
  operatingSystem: z.enum(['ubuntu-24.04', 'amazon-linux-2023']),
  /** The system disk in GB; holds images and logs, no data. */
  rootVolumeGb: count(8, 1024),
  /** The volume in the data stack: PostgreSQL, Redis, uploads, backups on the host. Grows, never shrinks. */
  dataVolumeGb: count(1, 16384),
  /** Where configuration and compose file live on the host. */
  applicationDirectory: helped(z.string().regex(/^\/[a-z0-9/_-]+$/), {
    allowed: 'an absolute path of lower-case letters, digits, hyphens and underscores',
    fix: 'for example "/opt/shop"',
  }),
  /** How PostgreSQL and Redis with `placement: host` run: in containers, or installed as packages. Changing it means restoring a backup. @default 'containers' */
  dataStores: z.enum(['containers', 'packages']).default('containers'),
  /** The name of an EC2 key pair. Session Manager needs none. @default none */
  keyPair: z.string().min(1).optional(),
  /** Networks that may reach port 22. @default [] */
  sshCidrs: z.array(cidr).default([]),
  /** CloudWatch metrics every minute instead of every five; billed. @default false */
  detailedMonitoring: z.boolean().default(false),
  /** Who may reach 80 and 443: `public`, or only `cloudflare`'s published ranges. @default 'public' */
  origin: z.enum(['public', 'cloudflare']).default('public'),
  /**
   * What the host may reach: `web` is HTTP (package mirrors) and HTTPS (registries, AWS, certificates), beside managed data;
   * `all` is every port of every address. @default 'web'
   */
  egress: z.enum(['web', 'all']).default('web'),
  /**
   * Burstable types (t3, t4g) only. `unlimited` bursts past its credits and bills what a day's average exceeds the
   * baseline by (about $0.05 a vCPU-hour); `standard` slows down instead. @default 'unlimited', as AWS does, with an alarm
   */
  cpuCredits: z.enum(['unlimited', 'standard']).default('unlimited'),
  /** Where the certificate authority sends expiry notices. */
  certificateEmail: z.email(),
  backup,
  /** Registries beside ECR that ask for a login: each with a declared secret of the JSON keys `username` and `password`. @default [] */
  registries: z.array(z.strictObject({ server: z.string().min(1), secret: key })).default([]),
  /** Daily snapshots of the data volume by Data Lifecycle Manager: how many days they stay. @default 7 */
  snapshotRetentionDays: days(1, 365).default(7),
  /** More than one host stands behind a load balancer and needs managed data. @default one */
  instances: z.strictObject({ min: count(1, 20), max: count(1, 20) }).prefault({ min: 1, max: 1 }),
});
