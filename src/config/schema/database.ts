/** PostgreSQL: where it runs, its size, and the logins of applications. */
import { z } from 'zod';
import { REGIONS } from '../tables/regions';
import { count, days, helped, key, onlyIn, seconds, secretName, withElsewhere } from './primitives';

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

const credentials = z.discriminatedUnion('kind', [
  z.strictObject({
    /** RDS keeps the master password in its own secret and rotates it. RDS refuses read replicas with it. */
    kind: z.literal('rds-managed'),
    /** Interval between rotations of the master password. @unit days @default 7 */
    rotateAfterDays: days(1, 1000).default(7),
  }),
  z.strictObject({
    /**
     * The master password is in a secret of the environment, rotated by AWS's published function. Required with read replicas.
     */
    kind: z.literal('rotated-secret'),
    /** Interval between rotations of the master password. @unit days @example 90 */
    rotateAfterDays: days(1, 1000),
    /**
     * Name of the secret in Secrets Manager. @default `/<system>/<short name>/database/master`
     * @example '/shop/prod/database/master'
     * @danger Changing it replaces the secret.
     */
    secretName: secretName.optional(),
  }),
]);

/** Fields of a login in both placements. */
const role = {
  /**
   * `owner` may change the schema `public`, which migrations need; `read-write` may change rows; `read-only` may read them.
   * Run the job `database-init` after a change. @default 'owner'
   */
  privileges: z.enum(['owner', 'read-write', 'read-only']).default('owner'),
  /**
   * Name of the secret with the login in Secrets Manager. @default `/<system>/<short name>/database/<role>`
   * @example '/shop/prod/database'
   * @danger Changing it replaces the secret; run `database-init` afterwards.
   */
  secretName: secretName.optional(),
};

/** A login of the application on RDS; created by the on-demand job `database-init`. */
const managedRole = z.strictObject({
  ...role,
  /**
   * How the role authenticates: by a `password` in Secrets Manager, or by a token of `iam`, valid for 15 minutes, which the
   * container's AWS SDK creates. RDS accepts only one of the two. `iam` needs `iamAuthentication` and has no secret: containers
   * read `{ databaseRole, key: 'username' }`, which also permits them to log in. Run the job `database-init` after a change.
   * @default 'password'
   */
  login: z.enum(['password', 'iam']).default('password'),
  /**
   * Longest time between rotations of the password. They take place in the hour in which `maintenanceWindow` starts: on the
   * first such weekday of every sixth to every month, weekly, or daily, whichever is often enough. Rotation alternates between
   * two users, the role and `<role>_clone`, so that connections with the earlier password keep working until the rotation after
   * the next. It needs `credentials.kind: 'rotated-secret'`, and containers that read `username` and `password`, not `url`.
   * @unit days @default never @example 90
   */
  rotateAfterDays: days(1, 1000).optional(),
});

/** A login of the application on the box; created by the host itself. */
const hostRole = withElsewhere(z.strictObject(role), {
  login: "only with placement: 'managed': IAM tokens are a feature of RDS",
  rotateAfterDays:
    "only with placement: 'managed': AWS's rotation function reaches only RDS; docs/box-host.md describes how to change a password by hand",
});

const replica = z.strictObject({
  /**
   * Region of the replica. Another region than the environment's needs an entry in `network.replicaNetworks`.
   * @default the environment's region @example 'us-west-2'
   * @price $0.02 per GB replicated to another region (data transfer, us-east-1, 2026-11).
   * @danger Changing it replaces the replica. Another part of the world may violate data residency.
   */
  region: z.enum(REGIONS).optional(),
  /** RDS instance class of the replica. @default that of the primary @example 'db.t4g.small' */
  instanceClass: instanceClass.optional(),
});

/** Why there is no other engine, and what to do instead. */
const ENGINE =
  'remove it: PostgreSQL is the only database. For MySQL or another, use a root module of your own, and give containers its address and secret (docs/limits.md)';

/** The login that an environment without `roles` gets. */
export const DEFAULT_ROLES = { app: { privileges: 'owner' } } as const;

/** Fields of both placements. */
const common = {
  /**
   * Major version of PostgreSQL.
   * @danger A higher version upgrades in place, with downtime, and cannot be undone: see `docs/database.md`. On the box it needs a
   * backup and a restore.
   */
  version: helped(z.enum(['14', '15', '16', '17', '18']), {
    allowed: 'a major version of PostgreSQL: "14", "15", "16", "17" or "18"',
    fix: 'write the major version in quotes: RDS and images choose the minor one',
  }),
  /** Name of the application's database. @example 'shop' @danger Changing it replaces the instance. */
  name: identifier,
};

/** PostgreSQL on RDS. */
const managedDatabase = withElsewhere(
  z.strictObject({
    /** An RDS instance, on every tier. @danger A change creates an empty database: move the data as described in `docs/box.md`. */
    placement: z.literal('managed'),
    ...common,
    /**
     * RDS instance class. @example 'db.t4g.micro'
     * @price db.t4g.micro $11.70, db.t4g.small $23.40, db.t4g.medium $47.50 a month (RDS for PostgreSQL, us-east-1, 2026-11).
     * @danger Changing it restarts the database: in the maintenance window under `protect`, otherwise at once.
     */
    instanceClass,
    /**
     * Storage of the instance (gp3). It grows in place and never shrinks. @unit GB @default 20
     * @price $0.115 per GB and month, twice that with `multiAz` (RDS for PostgreSQL, us-east-1, 2026-11).
     */
    storageGb: count(20, 65536).default(20),
    /**
     * Size up to which RDS grows the storage when less than 10 % is free: at least 10 % above `storageGb`, or equal to it for
     * storage that does not grow, and a full database stops. @unit GB @default twice `storageGb` @example 100
     * @price $0.115 per GB and month that storage has grown by, twice that with `multiAz` (RDS for PostgreSQL, us-east-1, 2026-11).
     */
    maxStorageGb: count(20, 65536).optional(),
    /**
     * Whether a standby in a second zone takes over when the primary fails. @default false
     * @price Twice the price of instance and storage: db.t4g.micro $23.40 a month (RDS for PostgreSQL, us-east-1, 2026-11).
     */
    multiAz: z.boolean().default(false),
    /**
     * Period of point-in-time recovery; 0 turns backups off. @unit days @default 7
     * @price Free up to the size of the storage, then $0.095 per GB and month (RDS for PostgreSQL, us-east-1, 2026-11).
     * @danger A lower value deletes older backups; 0 deletes all of them.
     */
    backupRetentionDays: days(0, 35).default(7),
    /** Daily time of the backup, in UTC, at least 30 minutes. @default '01:00-02:00' */
    backupWindow: window('01:00-02:00', /^\d\d:\d\d-\d\d:\d\d$/).default('01:00-02:00'),
    /** Weekly time of maintenance, in UTC, at least 30 minutes, outside the backup window. @default 'sun:03:00-sun:04:00' */
    maintenanceWindow: window('sun:03:00-sun:04:00', /^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$/).default('sun:03:00-sun:04:00'),
    /**
     * Whether changes that restart the database, such as `version` and `instanceClass`, take effect when they are applied, instead
     * of in the next maintenance window. For one planned step, such as an upgrade; remove it afterwards.
     * @default false under `protect`, otherwise true
     * @danger Whatever waits for the maintenance window restarts the database during the apply.
     */
    applyImmediately: z.boolean().optional(),
    /** Whether RDS installs new minor versions in the maintenance window, with a restart. @default true */
    autoMinorVersionUpgrade: z.boolean().default(true),
    /**
     * Whether the instance accepts IAM tokens, from roles with `login: 'iam'` only. It takes 300 to 1000 MiB of the instance's memory
     * (RDS user guide). @default false
     */
    iamAuthentication: z.boolean().default(false),
    /**
     * Interval of operating-system metrics (enhanced monitoring); 0 turns them off. @unit seconds @default 0
     * @price $0.50 per GB of logs (CloudWatch, us-east-1, 2026-11).
     */
    enhancedMonitoringSeconds: z.literal([0, 1, 5, 10, 15, 30, 60]).default(0),
    /**
     * Whether Performance Insights collects statistics of queries; they are kept for the seven days that are free. @default true
     */
    performanceInsights: z.boolean().default(true),
    /** Duration above which a statement is logged. @unit milliseconds @default 1000 */
    slowStatementMilliseconds: count(1, 3_600_000).default(1000),
    /**
     * Further PostgreSQL parameters, by name. TLS is forced in any case. @default {} @example { work_mem: '8192' }
     * @danger Some parameters restart the database.
     */
    parameters: z.record(z.string(), z.string()).default({}),
    /**
     * Where the password of the master user is kept. Applications never use this user.
     * @default { kind: 'rds-managed', rotateAfterDays: 7 }
     */
    credentials: credentials.default({ kind: 'rds-managed', rotateAfterDays: 7 }),
    /**
     * Logins of applications, by PostgreSQL role. The job `database-init` creates them; it drops none.
     * @default { app: { privileges: 'owner', login: 'password' } }
     * @example { app: { privileges: 'owner' }, reports: { privileges: 'read-only' } }
     * @price $0.40 a month for the secret of each (Secrets Manager, us-east-1, 2026-11).
     */
    roles: z.record(identifier, managedRole).default({ app: { ...DEFAULT_ROLES.app, login: 'password' } }),
    /**
     * Read replicas, by name. They need `credentials.kind: 'rotated-secret'` and backups. @default {} @example { reader: {} }
     * @price Each costs an instance and its storage, db.t4g.micro with 20 GB $14 a month (RDS for PostgreSQL, us-east-1, 2026-11).
     */
    replicas: z.record(key, replica).default({}),
  }),
  { engine: ENGINE },
);

const ONLY_MANAGED = "only with placement: 'managed' (RDS)";
const BACKUPS = `${ONLY_MANAGED}; on the host, \`box.backup\` says when dumps are taken and how long they are kept`;
const SETTINGS = `${ONLY_MANAGED}; on the host, \`box.postgres\` has the settings of PostgreSQL`;

/** PostgreSQL on the box. */
const hostDatabase = withElsewhere(
  z.strictObject({
    /**
     * A container or package on the box, its files on the data volume; tier `box` only.
     * @danger A change creates an empty database: move the data as described in `docs/box.md`.
     */
    placement: z.literal('host'),
    ...common,
    /**
     * Logins of applications, by PostgreSQL role. The host creates them; it drops none.
     * @default { app: { privileges: 'owner' } } @example { app: { privileges: 'owner' }, reports: { privileges: 'read-only' } }
     * @price $0.40 a month for the secret of each (Secrets Manager, us-east-1, 2026-11).
     */
    roles: z.record(identifier, hostRole).default(DEFAULT_ROLES),
  }),
  {
    ...onlyIn(managedDatabase, `${ONLY_MANAGED}: remove it, or choose 'managed'`),
    engine: ENGINE,
    storageGb: `${ONLY_MANAGED}; on the host, \`box.dataVolumeGb\` is the size of the disk`,
    backupRetentionDays: BACKUPS,
    backupWindow: BACKUPS,
    parameters: SETTINGS,
    slowStatementMilliseconds: SETTINGS,
    credentials: `${ONLY_MANAGED}; on the host the superuser logs in through a socket and has no password`,
  },
);

export const databaseSchema = z.discriminatedUnion('placement', [managedDatabase, hostDatabase]);

/** PgBouncer in each task, so that many tasks share few database connections. */
export const poolerSchema = z.strictObject({
  /**
   * `transaction` shares a connection between clients after each transaction, `session` after each session. With `transaction`,
   * the state of a session (`SET`, advisory locks, `LISTEN`) ends with the transaction. @default 'transaction'
   */
  mode: z.enum(['transaction', 'session']).default('transaction'),
  /** Connections of the application that the pooler of one task accepts. @unit connections @example 200 */
  maxClientConnections: count(1, 10000),
  /** Connections to the database that the pooler of one task keeps. @unit connections @example 10 */
  poolSize: count(1, 1000),
  /** Further connections to the database, for clients that have waited `reserveTimeoutSeconds`. @unit connections @default 0 */
  reservePoolSize: count(0, 1000).default(0),
  /** Time that a client waits before the reserve is used. @unit seconds @default 5 */
  reserveTimeoutSeconds: seconds(0, 300).default(5),
});
