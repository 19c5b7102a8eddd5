/**
 * The on-demand job `database-init`: logs in as the master and makes the logins of applications. Pure.
 *
 * It runs PostgreSQL's own public image, so there is nothing to build, and the same container runs on every tier. Run it
 * after the first deployment, and again after a role was added or the database was replaced.
 */
import { DATABASE_INIT_KEY } from '../names';
import { databaseRolesSql, rolePasswordVariable } from '../calculations/database-roles-sql';
import type { ResolvedDatabase, ResolvedJob, ResolvedRole } from '../resolved/environment';

/** What the script needs to know of a database. */
export interface DatabaseInitSource {
  /** The major version, which the client's is the same as. */
  readonly version: ResolvedDatabase['version'];
  readonly name: string;
  readonly roles: readonly Pick<ResolvedRole, 'name' | 'privileges'>[];
}

export interface DatabaseInitNames {
  /** The name AWS shows. */
  readonly job: string;
  readonly logGroup: string;
}

/** The user `postgres` of the Alpine image. */
const POSTGRES_USER = '70';

/** A few grants take a second; the rest is the start of the container. */
const TIMEOUT_SECONDS = 600;

/** The job, as if it stood in the environment file. */
export function databaseInitJob(database: DatabaseInitSource, names: DatabaseInitNames): ResolvedJob {
  return {
    kind: 'job',
    key: DATABASE_INIT_KEY,
    name: names.job,
    image: { kind: 'pinned', reference: `public.ecr.aws/docker/library/postgres:${database.version}-alpine` },
    // The smallest size that Fargate sells.
    vcpu: 0.25,
    memoryMib: 512,
    command: ['sh', '-ceu', databaseInitScript(database)],
    variables: {
      plain: { PGSSLMODE: 'require', PGCONNECT_TIMEOUT: '15' },
      references: { PGHOST: 'database.host', PGPORT: 'database.port', PGDATABASE: 'database.name' },
      secrets: {
        PGUSER: { kind: 'database-master', key: 'username' },
        PGPASSWORD: { kind: 'database-master', key: 'password' },
        ...Object.fromEntries(
          database.roles.map(({ name }) => [
            rolePasswordVariable(name),
            { kind: 'database-role', role: name, key: 'password' } as const,
          ]),
        ),
      },
    },
    permissions: [],
    readableSecrets: [],
    mounts: [],
    architecture: 'x86_64',
    writablePaths: [],
    readOnlyRoot: true,
    user: POSTGRES_USER,
    stopTimeoutSeconds: 30,
    logs: { group: names.logGroup, streamPrefix: DATABASE_INIT_KEY },
    timeoutSeconds: TIMEOUT_SECONDS,
    retries: 2,
  };
}

/**
 * The shell line: refuses an empty password, hands the SQL to psql, throws results away (one of them is a password).
 * Braces after a dollar sign would be read by Terraform, and parentheses by Kubernetes: there are none.
 */
export function databaseInitScript({ name, roles }: Pick<DatabaseInitSource, 'name' | 'roles'>): string {
  const variables = roles.map((role) => rolePasswordVariable(role.name));
  return [
    ...variables.map((variable) => `test -n "$${variable}" || { echo 'database-init: ${variable} is empty' >&2; exit 1; }`),
    "psql --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 <<'SQL'",
    databaseRolesSql(name, roles),
    'SQL',
    `echo 'database-init: ${roles.length === 0 ? 'no roles' : roles.map((role) => role.name).join(', ')}: up to date'`,
  ].join('\n');
}
