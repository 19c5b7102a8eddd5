/** PostgreSQL and Redis as services of the Compose project, with their files on the data volume. */
import { createHash } from 'node:crypto';
import { STARTS_AS_ROOT } from '../../../config/tables/capabilities';
import { PORTS } from '../../../config/tables/ports';
import { imageReference, POSTGRES_IMAGES, REDIS_IMAGES } from '../../../config/tables/third-party-images';
import { confinement } from './confinement';
import { hostBasedAuthentication, postgresParameters, redisMemory } from './data-stores';
import { PATHS, POSTGRES_CONTAINER, REDIS_CONTAINER } from './paths';
import type { HostDescription, HostPostgres, HostRedis } from './types';

/** A service of the Compose specification. */
export type ComposeService = Readonly<Record<string, unknown>>;

/** Both write to disk before they stop. Seconds. */
export const STOP_SECONDS = 60;

/** The image that serves PostgreSQL, and whose programs dump and restore a managed one. */
export function postgresImage(version: HostPostgres['version']): string {
  return imageReference(POSTGRES_IMAGES[version]);
}

export function redisImage(version: HostRedis['version']): string {
  return imageReference(REDIS_IMAGES[version]);
}

/** The services of the data stores that run in containers. */
export function storeServices(host: HostDescription): Readonly<Record<string, ComposeService>> {
  const { dataStores, database, cache } = host;
  if (dataStores === 'packages') return {};
  return {
    ...(database?.placement === 'host' && { postgres: postgresService(host, database) }),
    ...(cache?.placement === 'host' && { redis: redisService(host, cache) }),
  };
}

/**
 * The superuser logs in from inside the container only. The image requires a password for it all the same: a random one,
 * created at every start, which pg_hba.conf makes useless.
 */
function postgresService(host: HostDescription, { version, name }: HostPostgres): ComposeService {
  return {
    image: postgresImage(version),
    container_name: POSTGRES_CONTAINER,
    restart: 'unless-stopped',
    command: [
      'postgres',
      '-c',
      'hba_file=/etc/postgresql/pg_hba.conf',
      ...Object.entries(postgresParameters(host)).flatMap(([setting, value]) => ['-c', `${setting}=${value}`]),
    ],
    environment: {
      POSTGRES_DB: name,
      POSTGRES_PASSWORD_FILE: '/run/superuser-password',
      POSTGRES_INITDB_ARGS: '--auth-local=peer --auth-host=scram-sha-256',
      PGDATA: '/var/lib/postgresql/data',
    },
    ports: [onLoopback(PORTS.postgres)],
    volumes: [
      bind(PATHS.postgres, '/var/lib/postgresql/data', false),
      bind(`${PATHS.settings}/pg_hba.conf`, '/etc/postgresql/pg_hba.conf', true),
      bind(`${PATHS.runtime}/superuser-password`, '/run/superuser-password', true),
    ],
    // Compose does not look into mounted files: the label makes it replace the container when this one changes.
    labels: { 'terrace.pg-hba': createHash('sha256').update(hostBasedAuthentication(host).content).digest('hex').slice(0, 12) },
    // Over TCP: while the image initialises, its temporary server listens on the socket only. As a user that pg_hba.conf does
    // not reject: each rejection is a line in PostgreSQL's log. The user need not exist, because nothing logs in.
    healthcheck: healthCheck('pg_isready --quiet --host=127.0.0.1 --username=health'),
    shm_size: '128m',
    stop_grace_period: `${STOP_SECONDS}s`,
    // One process for each connection.
    ...confinement({ capabilities: STARTS_AS_ROOT, processes: host.processLimit + host.postgres.maxConnections }),
    logging: LOCAL_LOG,
  };
}

/** Appends every write to a file, so that a restart loses one second at most. */
function redisService(host: HostDescription, { version, evictionPolicy }: HostRedis): ComposeService {
  return {
    image: redisImage(version),
    container_name: REDIS_CONTAINER,
    restart: 'unless-stopped',
    command: ['redis-server', '--appendonly', 'yes', '--maxmemory', redisMemory(host), '--maxmemory-policy', evictionPolicy],
    ports: [onLoopback(PORTS.redis)],
    volumes: [bind(PATHS.redis, '/data', false)],
    healthcheck: healthCheck('redis-cli ping | grep -q PONG'),
    stop_grace_period: `${STOP_SECONDS}s`,
    // SETPCAP: newer builds of the image give up the bounding set before they start the server.
    ...confinement({ capabilities: [...STARTS_AS_ROOT, 'SETPCAP'], processes: host.processLimit }),
    logging: LOCAL_LOG,
  };
}

/** On the host: five files of ten megabytes at most. */
const LOCAL_LOG = { driver: 'local', options: { 'max-size': '10m', 'max-file': '5' } } as const;

function healthCheck(line: string): Readonly<Record<string, unknown>> {
  return { test: ['CMD-SHELL', line], interval: '10s', timeout: '5s', retries: 5, start_period: '60s' };
}

/** A port that only the host itself reaches. */
export function onLoopback(port: number): string {
  return `127.0.0.1:${port}:${port}`;
}

/** A directory or file of the host. Never created by Docker: if it is missing, so is the data volume. */
export function bind(source: string, target: string, readOnly: boolean): Readonly<Record<string, unknown>> {
  return { type: 'bind', source, target, read_only: readOnly, bind: { create_host_path: false } };
}
