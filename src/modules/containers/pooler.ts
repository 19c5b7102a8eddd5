/**
 * PgBouncer beside a task: which image, how it is told what to do, and whose login it uses. Pure.
 *
 *   container --127.0.0.1:6432, plain, inside the task--> pgbouncer --TLS, 5432--> database
 */
import type { Pooler, ResolvedContainer } from '../../config/resolved/environment';
import { PORTS } from '../../config/tables/ports';
import type { DataHandover } from '../../contracts/handovers';
import { databaseRoles } from './data-access';
import { secretArn, type EnvironmentFacts, type SecretVariable } from './variable-values';

/**
 * The community image of PgBouncer that is configured by variables alone, for x86_64 and arm64. A choice: another image
 * wants other variables below. Docker Hub limits anonymous pulls (100 in six hours and address, behind NAT shared by
 * all tasks): who starts many tasks mirrors it in ECR.
 */
export const POOLER_IMAGE = 'docker.io/edoburu/pgbouncer:v1.24.1-p1';

/** Where containers of the same task find it. */
export const POOLER_HOST = '127.0.0.1';

/** Its entry point writes configuration and login here. */
export const POOLER_CONFIG_PATH = '/etc/pgbouncer';

/** What the sidecar's container definition is made from. */
export interface PoolerSidecar {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretVariable[];
}

/**
 * The sidecar of one container.
 * @throws Error when the container does not hold the login of exactly one application role, or the environment has no database
 */
export function poolerSidecar(
  { key, variables }: Pick<ResolvedContainer, 'key' | 'variables'>,
  pooler: Pooler,
  facts: EnvironmentFacts,
  handover: DataHandover,
): PoolerSidecar {
  const roles = databaseRoles(variables);
  const [role] = roles;
  if (facts.database === undefined || role === undefined || roles.length > 1) {
    const read = roles.length === 0 ? 'none' : roles.join(', ');
    throw new Error(
      `the pooler of ${key} logs in as the one database role that ${key} reads, but it reads ${read}: ` +
        `give ${key} a variable { databaseRole: '<role>', key: 'password' } of one role`,
    );
  }
  const arn = secretArn({ kind: 'database-role', role, key: 'password' }, handover);
  return {
    environment: poolerVariables(pooler, facts.database),
    secrets: [
      { name: 'DB_PASSWORD', arn, key: 'password' },
      { name: 'DB_USER', arn, key: 'username' },
    ],
  };
}

/** The image's variables; each becomes the setting of the same name in pgbouncer.ini. */
function poolerVariables(
  pooler: Pooler,
  { host, port, name }: NonNullable<EnvironmentFacts['database']>,
): Readonly<Record<string, string>> {
  return {
    // The image then keeps the password in clear in the task's scratch volume: logging in to the database by SCRAM needs it.
    AUTH_TYPE: 'scram-sha-256',
    DB_HOST: host,
    DB_NAME: name,
    DB_PORT: String(port),
    DEFAULT_POOL_SIZE: String(pooler.poolSize),
    LISTEN_ADDR: POOLER_HOST,
    LISTEN_PORT: String(PORTS.pooler),
    MAX_CLIENT_CONN: String(pooler.maxClientConnections),
    POOL_MODE: pooler.mode,
    RESERVE_POOL_SIZE: String(pooler.reservePoolSize),
    RESERVE_POOL_TIMEOUT: String(pooler.reserveTimeoutSeconds),
    SERVER_TLS_SSLMODE: 'require',
  };
}

/** The facts as a container with a pooler sees them: the database is next door. */
export function factsBehindPooler(facts: EnvironmentFacts): EnvironmentFacts {
  return { ...facts, database: facts.database && { ...facts.database, host: POOLER_HOST, port: PORTS.pooler } };
}
