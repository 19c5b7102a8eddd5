/** PostgreSQL and Redis as containers, with their files on the data volume. */
import { createHash } from 'node:crypto';
import type { ComposeService } from './compose';
import { POSTGRES_CONTAINER, PATHS, REDIS_CONTAINER } from './paths';
import { hostBasedAuthentication, POSTGRES_SETTINGS, REDIS_MEMORY } from './data-settings';
import type { HostDescription } from './types';

/** AWS's mirror of Docker's official images: no login, no limit on pulls that a host would meet. */
const LIBRARY = 'public.ecr.aws/docker/library';

/** ElastiCache's versions, and the open-source release that each is made from. */
const REDIS_RELEASES: Readonly<Record<string, string>> = { '6.2': '6.2', '7.0': '7.0', '7.1': '7.2' };

/** Both write to disk before they stop. */
const STOP_SECONDS = 60;

/** The image that serves PostgreSQL, and whose programs dump and restore. */
export function postgresImage(version: string): string {
  return `${LIBRARY}/postgres:${version}-alpine`;
}

/**
 * The superuser logs in from inside the container only. The image wants a password for it all the same: one that is made
 * anew at every start, and with which nobody can log in.
 */
export function postgresService(host: HostDescription): ComposeService {
  const { version = '', name = '' } = host.database ?? {};
  return {
    image: postgresImage(version),
    container_name: POSTGRES_CONTAINER,
    restart: 'unless-stopped',
    command: [
      'postgres',
      '-c',
      'hba_file=/etc/postgresql/pg_hba.conf',
      ...Object.entries(POSTGRES_SETTINGS).flatMap(([setting, value]) => ['-c', `${setting}=${value}`]),
    ],
    environment: {
      POSTGRES_DB: name,
      POSTGRES_PASSWORD_FILE: '/run/superuser-password',
      POSTGRES_INITDB_ARGS: '--auth-local=peer --auth-host=scram-sha-256',
      PGDATA: '/var/lib/postgresql/data',
    },
    ports: ['127.0.0.1:5432:5432'],
    volumes: [
      bind(PATHS.postgres, '/var/lib/postgresql/data', false),
      bind(`${PATHS.settings}/pg_hba.conf`, '/etc/postgresql/pg_hba.conf', true),
      bind(`${PATHS.runtime}/superuser-password`, '/run/superuser-password', true),
    ],
    // The file is mounted, so only this tells Compose that it changed.
    labels: { 'terrace.pg-hba': createHash('sha256').update(hostBasedAuthentication(host).content).digest('hex').slice(0, 12) },
    // Over TCP: while the image initialises, a server for itself listens on the socket only.
    healthcheck: check('pg_isready --quiet --host=127.0.0.1 --username=postgres'),
    shm_size: '128m',
    stop_grace_period: `${STOP_SECONDS}s`,
    security_opt: ['no-new-privileges:true'],
    logging: LOCAL_LOG,
  };
}

/** Appends every write to a file, so that a restart loses a second at most. */
export function redisService(host: HostDescription): ComposeService {
  const { version = '', evictionPolicy = '' } = host.cache ?? {};
  return {
    image: `${LIBRARY}/redis:${REDIS_RELEASES[version] ?? version}-alpine`,
    container_name: REDIS_CONTAINER,
    restart: 'unless-stopped',
    command: ['redis-server', '--appendonly', 'yes', '--maxmemory', REDIS_MEMORY, '--maxmemory-policy', evictionPolicy],
    ports: ['127.0.0.1:6379:6379'],
    volumes: [bind(PATHS.redis, '/data', false)],
    healthcheck: check('redis-cli ping | grep -q PONG'),
    stop_grace_period: `${STOP_SECONDS}s`,
    security_opt: ['no-new-privileges:true'],
    logging: LOCAL_LOG,
  };
}

/** Stays on the host, five files of ten megabytes at most. */
const LOCAL_LOG = { driver: 'local', options: { 'max-size': '10m', 'max-file': '5' } } as const;

function bind(source: string, target: string, readOnly: boolean) {
  return { type: 'bind', source, target, read_only: readOnly, bind: { create_host_path: false } };
}

function check(line: string) {
  return { test: ['CMD-SHELL', line], interval: '10s', timeout: '5s', retries: 5, start_period: '60s' };
}
