/**
 * The on-demand job `database-init`: logs in as the master and creates the logins of applications. Pure.
 *
 * It runs PostgreSQL's own public image, so there is nothing to build, and the same container runs on every tier. Run it
 * after the first deployment, and again after a role was added or the database was replaced.
 */
import {
  databaseRolesSql,
  rolePasswordVariable,
  roleUserVariable,
  roleVariables,
  type Role,
} from '../calculations/database-roles-sql';
import type { ResolvedVariables, SecretSource } from '../resolved/environment';
import type { ParsedEnvironment } from '../schema/environment';
import { jobSchema } from '../schema/workloads';
import { rdsCertificateBase64 } from '../tables/rds-certificates';
import { imageReference, POSTGRES_IMAGES } from '../tables/third-party-images';

type ParsedJob = ParsedEnvironment['jobs'][string];

/** The database that the job prepares. */
export interface DatabaseInitSource {
  /** The major version; the client has the same. */
  readonly version: keyof typeof POSTGRES_IMAGES;
  readonly name: string;
  readonly roles: readonly Role[];
}

/** The user `postgres` of the Alpine image. */
const POSTGRES_USER = '70';

/** A few grants take a second; the rest is the start of the container. */
const TIMEOUT_SECONDS = 600;

/** The job as an environment file would describe it, except for its variables: no file can name the master login. */
export function databaseInitJob(database: DatabaseInitSource, architecture: ParsedJob['architecture']): ParsedJob {
  return jobSchema.parse({
    image: { pinned: imageReference(POSTGRES_IMAGES[database.version]) },
    // The smallest size that Fargate sells.
    vcpu: 0.25,
    memoryMib: 512,
    command: ['sh', '-ceu', databaseInitScript(database)],
    architecture,
    egress: [],
    writablePaths: [],
    user: POSTGRES_USER,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
}

/**
 * What the script reads: where the database is and how to recognise it, the master login, and the login of each role that has a
 * secret.
 */
export function databaseInitVariables(roles: readonly Role[], region: string): ResolvedVariables {
  const certificate = rdsCertificateBase64(region);
  const logins = roles
    .filter(({ login }) => login.kind === 'secret')
    .flatMap(({ name }): readonly (readonly [string, SecretSource])[] => [
      [roleUserVariable(name), { kind: 'database-role', role: name, key: 'username' }],
      [rolePasswordVariable(name), { kind: 'database-role', role: name, key: 'password' }],
    ]);
  return {
    plain: {
      PGCONNECT_TIMEOUT: '15',
      ...(certificate === undefined
        ? { PGSSLMODE: 'require', RDS_CERTIFICATE: 'unknown' }
        : { PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/dev/fd/3', RDS_CERTIFICATE: certificate }),
    },
    references: { PGHOST: 'database.host', PGPORT: 'database.port', PGDATABASE: 'database.name' },
    secrets: {
      PGUSER: { kind: 'database-master', key: 'username' },
      PGPASSWORD: { kind: 'database-master', key: 'password' },
      ...Object.fromEntries(logins),
    },
  };
}

/**
 * The shell line: refuses an empty user or password, and passes the SQL to psql. The certificate comes by descriptor 3, because on
 * Fargate a user other than root can write nowhere.
 * Terraform would read braces after a dollar sign, and Kubernetes parentheses: there are none.
 * @param options.database another one than that in `PGDATABASE`
 */
export function databaseInitScript(
  { name, roles }: Pick<DatabaseInitSource, 'name' | 'roles'>,
  options: { readonly database?: string } = {},
): string {
  const variables = roles.flatMap(roleVariables);
  return [
    ...variables.map((variable) => `test -n "$${variable}" || { echo 'database-init: ${variable} is empty' >&2; exit 1; }`),
    ...psqlLines(databaseRolesSql(name, roles), options),
    `echo 'database-init: ${roles.length === 0 ? 'no roles' : roles.map((role) => role.name).join(', ')}: up to date'`,
  ].join('\n');
}

/**
 * The shell lines that pass SQL to psql.
 * @param options.database another one than that in `PGDATABASE`
 * @param options.prints whether rows are printed, one a line
 */
export function psqlLines(
  sql: string,
  { database, prints = false }: { readonly database?: string; readonly prints?: boolean } = {},
): readonly string[] {
  const there = database === undefined ? '' : ` --dbname=${database}`;
  const output = prints ? '--tuples-only --no-align' : '--output=/dev/null';
  return [
    `printf %s "$RDS_CERTIFICATE" | base64 -d 2> /dev/null | psql --no-psqlrc --quiet ${output} --set=ON_ERROR_STOP=1${there} 3<&0 <<'SQL'`,
    sql,
    'SQL',
  ];
}
