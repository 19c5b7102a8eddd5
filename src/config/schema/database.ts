/** PostgreSQL: where it runs, how big it is, who may log in. */
import { z } from 'zod';
import { REGIONS } from '../tables/regions';
import { count, days, helped, key, seconds, withElsewhere } from './primitives';

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

/** Fields of a login in both placements. */
const role = {
  /** `owner` may change the schema (migrations need it), `read-write` may change rows, `read-only` may read them. @default 'owner' */
  privileges: z.enum(['owner', 'read-write', 'read-only']).default('owner'),
  /** The Secrets Manager name of its credentials. @default /<system>/<environment>/database/<role> */
  secretName: z.string().min(1).max(512).optional(),
};

/** A login for an application; created by the on-demand job `database-init`. */
const managedRole = z.strictObject({
  ...role,
  /** Days between rotations. A role whose `url` is read cannot rotate: the rotation function rewrites only the password. @default never */
  rotateAfterDays: days(1, 1000).optional(),
});

/** A login for an application; created by the host itself. */
const hostRole = withElsewhere(z.strictObject(role), {
  rotateAfterDays:
    "only with placement: 'managed': AWS's rotation function reaches only RDS; docs/box-host.md says how to change a password by hand",
});

const replica = z.strictObject({
  /** Another region creates a cross-region replica, in that region's `network.replicaNetworks`. @default the environment's region */
  region: z.enum(REGIONS).optional(),
  /** @default the primary's */
  instanceClass: instanceClass.optional(),
});

/** The login that an environment without `roles` gets. */
const DEFAULT_ROLES = { app: { privileges: 'owner' } } as const;

/** Fields of both placements. */
const common = {
  /** Major version of PostgreSQL. A higher one upgrades in place, with downtime. */
  version: z.enum(['14', '15', '16', '17']),
  /** The application's database. Changing it replaces the instance. */
  name: identifier,
};

/** PostgreSQL on RDS. */
const managedDatabase = z.strictObject({
  /** `managed`: RDS, on every tier. */
  placement: z.literal('managed'),
  ...common,
  /** RDS instance class; billed by the hour. Changing it restarts the database. */
  instanceClass,
  /** gp3 storage in GB; can grow, never shrink. @default 20 */
  storageGb: count(20, 65536).default(20),
  /** Storage grows by itself up to this, in GB. @default no growth */
  maxStorageGb: count(20, 65536).optional(),
  /** A standby in a second zone; doubles the price. @default false */
  multiAz: z.boolean().default(false),
  /** Days of point-in-time recovery; 0 turns backups off. @default 7 */
  backupRetentionDays: days(0, 35).default(7),
  /** When RDS takes its daily snapshot, in UTC. @default '01:00-02:00' */
  backupWindow: window('01:00-02:00', /^\d\d:\d\d-\d\d:\d\d$/).default('01:00-02:00'),
  /** When RDS may restart the database for updates, in UTC. @default 'sun:03:00-sun:04:00' */
  maintenanceWindow: window('sun:03:00-sun:04:00', /^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$/).default('sun:03:00-sun:04:00'),
  /** Minor versions are installed in the maintenance window. @default true */
  autoMinorVersionUpgrade: z.boolean().default(true),
  /** Logins by IAM token in addition to passwords. @default false */
  iamAuthentication: z.boolean().default(false),
  /** Seconds between operating-system metrics; 0 is off. @default 0 */
  enhancedMonitoringSeconds: z.literal([0, 1, 5, 10, 15, 30, 60]).default(0),
  /** Query statistics; seven days of them are free. @default true */
  performanceInsights: z.boolean().default(true),
  /** Statements slower than this are logged. @default 1000 */
  slowStatementMilliseconds: count(1, 3_600_000).default(1000),
  /** Further PostgreSQL parameters, by name. TLS is forced in any case. @default {} */
  parameters: z.record(z.string(), z.string()).default({}),
  /** Who keeps and rotates the master password. @default RDS, every 7 days */
  credentials: credentials.default({ kind: 'rds-managed', rotateAfterDays: 7 }),
  /** Logins of applications, by role name. @default one, `app`, which owns the schema */
  roles: z.record(identifier, managedRole).default(DEFAULT_ROLES),
  /** Read replicas, by name. @default {} */
  replicas: z.record(key, replica).default({}),
});

const ONLY_MANAGED = "only with placement: 'managed' (RDS)";
const REMOVE = `${ONLY_MANAGED}: remove it, or choose 'managed'`;
const DUMPS = `${ONLY_MANAGED}; on the host, \`box.backup\` says when dumps are taken and how long they are kept`;

/** PostgreSQL on the box. */
const hostDatabase = withElsewhere(
  z.strictObject({
    /** `host`: on the box's data volume, only with tier `box`. */
    placement: z.literal('host'),
    ...common,
    /** Logins of applications, by role name. @default one, `app`, which owns the schema */
    roles: z.record(identifier, hostRole).default(DEFAULT_ROLES),
  }),
  {
    ...onlyIn(managedDatabase, REMOVE),
    storageGb: `${ONLY_MANAGED}; on the host, \`box.dataVolumeGb\` is the size of the disk`,
    backupRetentionDays: DUMPS,
    backupWindow: DUMPS,
    credentials: `${ONLY_MANAGED}; on the host the superuser logs in through a socket and has no password`,
  },
);

/** Every field of a schema, with one fix; the fields that the refusing schema also has never ask for it. */
function onlyIn(schema: z.ZodObject, fix: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(schema.shape).map((field) => [field, fix]));
}

export const databaseSchema = z.discriminatedUnion('placement', [managedDatabase, hostDatabase]);

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
