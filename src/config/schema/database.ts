/** PostgreSQL: where it runs, how big it is, who may log in. */
import { z } from 'zod';
import { REGIONS } from '../tables/regions';
import { count, days, helped, key, seconds } from './primitives';

const identifier = helped(z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/), {
  allowed: 'a PostgreSQL identifier: lower-case letters, digits, underscores; at most 63 characters',
  fix: 'use underscores instead of hyphens',
});

const window = (example: string, pattern: RegExp) =>
  helped(z.string().regex(pattern), { allowed: `a window in UTC such as "${example}"`, fix: 'write it as AWS does' });

/** Instance class as RDS names it. */
const instanceClass = helped(z.string().regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/), {
  allowed: 'an RDS instance class such as "db.t4g.micro"',
  fix: 'see the RDS instance class table',
});

/** `rds-managed`: RDS keeps and rotates the master password. `rotated-secret`: our secret, rotated by AWS's published function; needed with replicas. */
const credentials = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rds-managed'),
    /** @default 7, which is RDS's own */
    rotateAfterDays: days(1, 1000).default(7),
  }),
  z.strictObject({
    kind: z.literal('rotated-secret'),
    rotateAfterDays: days(1, 1000),
    /** The Secrets Manager name of the master login. @default /<system>/<environment>/database/master */
    secretName: z.string().min(1).max(512).optional(),
  }),
]);

/** A login of its own for the application; made by the on-demand job `database-init`. */
const role = z.strictObject({
  /** `owner` may change the schema (migrations need it), `read-write` may change rows, `read-only` may look. @default 'owner' */
  privileges: z.enum(['owner', 'read-write', 'read-only']).default('owner'),
  /** The Secrets Manager name of its credentials. @default /<system>/<environment>/database/<role> */
  secretName: z.string().min(1).max(512).optional(),
  /** Days between rotations. A role whose `url` is read cannot rotate: the rotation function rewrites only the password. @default never */
  rotateAfterDays: days(1, 1000).optional(),
});

const replica = z.strictObject({
  /** Another region makes a cross-region replica, in that region's `network.replicaNetworks`. @default the environment's region */
  region: z.enum(REGIONS).optional(),
  /** @default the primary's */
  instanceClass: instanceClass.optional(),
});

export const databaseSchema = z.strictObject({
  /** `managed`: RDS. `host`: on the box's data volume, only with tier `box`. */
  placement: z.enum(['managed', 'host']),
  /** Major version of PostgreSQL. A higher one upgrades in place, with downtime. */
  version: z.enum(['14', '15', '16', '17']),
  /** The application's database. Changing it replaces the instance. */
  name: identifier,
  /** RDS instance class. Changing it restarts the database. Required with `managed`. */
  instanceClass: instanceClass.optional(),
  /** gp3 storage in GB; can grow, never shrink. @default 20 */
  storageGb: count(20, 65536).default(20),
  /** Storage grows by itself up to this. @default no growth */
  maxStorageGb: count(20, 65536).optional(),
  /** A standby in a second zone; doubles the price. @default false */
  multiAz: z.boolean().default(false),
  /** Days of point-in-time recovery; 0 turns backups off. @default 7 */
  backupRetentionDays: days(0, 35).default(7),
  /** @default '01:00-02:00' */
  backupWindow: window('01:00-02:00', /^\d\d:\d\d-\d\d:\d\d$/).default('01:00-02:00'),
  /** @default 'sun:03:00-sun:04:00' */
  maintenanceWindow: window('sun:03:00-sun:04:00', /^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$/).default('sun:03:00-sun:04:00'),
  /** Minor versions are installed in the maintenance window. @default true */
  autoMinorVersionUpgrade: z.boolean().default(true),
  /** Logins by IAM token beside passwords. @default false */
  iamAuthentication: z.boolean().default(false),
  /** Seconds between operating-system metrics; 0 is off. @default 0 */
  enhancedMonitoringSeconds: z.literal([0, 1, 5, 10, 15, 30, 60]).default(0),
  /** Query statistics; seven days of them are free. @default true */
  performanceInsights: z.boolean().default(true),
  /** Statements slower than this are logged. @default 1000 */
  slowStatementMilliseconds: count(1, 3_600_000).default(1000),
  /** Further PostgreSQL parameters, by name. TLS is forced in any case. @default {} */
  parameters: z.record(z.string(), z.string()).default({}),
  credentials: credentials.default({ kind: 'rds-managed', rotateAfterDays: 7 }),
  /** Logins of applications, by role name. */
  roles: z.record(identifier, role).default({ app: { privileges: 'owner' } }),
  /** Read replicas, by name. @default {} */
  replicas: z.record(key, replica).default({}),
});

export const cacheSchema = z.strictObject({
  /** `managed`: ElastiCache. `host`: on the box, only with tier `box`. */
  placement: z.enum(['managed', 'host']),
  /** @default '7.1' */
  version: z.enum(['6.2', '7.0', '7.1']).default('7.1'),
  /** ElastiCache node type. Required with `managed`. */
  nodeType: helped(z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/), {
    allowed: 'an ElastiCache node type such as "cache.t4g.micro"',
    fix: 'see the ElastiCache node type table',
  }).optional(),
  /** Nodes beside the primary; with one or more, a failed primary is replaced by a replica. @default 0 */
  replicas: count(0, 5).default(0),
  /** Daily snapshots kept; 0 keeps none. @default 0, or 7 under `protect` */
  snapshotRetentionDays: days(0, 35).optional(),
  /** What is dropped when memory is full. @default 'volatile-lru' */
  evictionPolicy: z
    .enum(['noeviction', 'volatile-lru', 'allkeys-lru', 'volatile-ttl', 'allkeys-lfu', 'volatile-lfu'])
    .default('volatile-lru'),
});

/** PgBouncer beside each task, so that many tasks share few database connections. */
export const poolerSchema = z.strictObject({
  /** Only `transaction` shares connections between clients. @default 'transaction' */
  mode: z.enum(['transaction', 'session']).default('transaction'),
  /** Clients that one task's pooler accepts. */
  maxClientConnections: count(1, 10000),
  /** Connections to the database that one task keeps. */
  poolSize: count(1, 1000),
  /** Further connections when clients have waited `reserveTimeoutSeconds`. @default 0 */
  reservePoolSize: count(0, 1000).default(0),
  /** @default 5 */
  reserveTimeoutSeconds: seconds(0, 300).default(5),
});
