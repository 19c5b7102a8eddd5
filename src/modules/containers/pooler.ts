/**
 * PgBouncer next to a container: its image, its configuration, and the login that it uses. Pure.
 *
 *   container --127.0.0.1:6432, unencrypted, inside the task--> pgbouncer --TLS, 5432--> database
 */
import type { Pooler, ResolvedContainer } from '../../config/resolved/environment';
import { PGBOUNCER_KEY } from '../../config/names';
import { PORTS } from '../../config/tables/ports';
import { rdsCertificateBase64 } from '../../config/tables/rds-certificates';
import { PGBOUNCER_IMAGE } from '../../config/tables/third-party-images';
import type { DataHandover } from '../../contracts/handovers';
import { required } from '../../contracts/lookups';
import { databaseRoles } from './data-access';
import { mirroredImage, type TaskImage } from './images';
import { secretArn, type EnvironmentFacts, type SecretVariable } from './variable-values';

/** Its address for the other containers of the task. */
export const POOLER_HOST = '127.0.0.1';

/** Its entry point writes configuration and login here. */
export const POOLER_CONFIG_PATH = '/etc/pgbouncer';

/** Settings of the sidecar's container definition. */
export interface PoolerSidecar {
  /** The copy in the environment's own registry. */
  readonly image: TaskImage;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretVariable[];
  /** Replaces entry point and command of the image. @default the image's own */
  readonly command?: readonly string[];
}

const CERTIFICATE_PATH = `${POOLER_CONFIG_PATH}/rds.pem`;

/** Writes the certificate of RDS next to the configuration, then does what the image does. */
const VERIFYING_COMMAND = [
  'sh',
  '-ceu',
  `printf %s "$RDS_CERTIFICATE" | base64 -d > ${CERTIFICATE_PATH}; ` +
    `exec /entrypoint.sh /usr/bin/pgbouncer ${POOLER_CONFIG_PATH}/pgbouncer.ini`,
];

/**
 * The sidecar of one container.
 * @throws Error when the container does not hold the login of exactly one application role, or the environment has no database
 */
export function poolerSidecar(
  { key, variables }: Pick<ResolvedContainer, 'key' | 'variables'>,
  pooler: Pooler,
  facts: EnvironmentFacts,
  handover: DataHandover,
  region: string,
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
  const certificate = rdsCertificateBase64(region);
  return {
    image: mirroredImage(PGBOUNCER_IMAGE, required(handover.mirrors[PGBOUNCER_KEY], 'the copy of the image of PgBouncer')),
    environment: { ...poolerVariables(pooler, facts.database), ...tlsVariables(certificate) },
    command: certificate === undefined ? undefined : VERIFYING_COMMAND,
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
    // The image then writes the password in plain text to the task's scratch volume: PgBouncer needs it to log in by SCRAM.
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
  };
}

/** Only the server of the environment has a certificate of RDS for that host name. */
function tlsVariables(certificate: string | undefined): Readonly<Record<string, string>> {
  if (certificate === undefined) return { SERVER_TLS_SSLMODE: 'require' };
  return { SERVER_TLS_SSLMODE: 'verify-full', SERVER_TLS_CA_FILE: CERTIFICATE_PATH, RDS_CERTIFICATE: certificate };
}

/** The facts for a container: its pooler, where it has one, is its database. */
export function factsFor(facts: EnvironmentFacts, pooler: PoolerSidecar | undefined): EnvironmentFacts {
  if (pooler === undefined) return facts;
  return { ...facts, database: facts.database && { ...facts.database, host: POOLER_HOST, port: PORTS.pooler } };
}
