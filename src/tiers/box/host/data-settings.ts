/** How PostgreSQL and Redis are set up on the host, in containers or as packages. */
import { operatingSystemOf } from './operating-systems';
import { PATHS } from './paths';
import { configurationFile, lines, script } from './text';
import type { HostDescription, HostFile } from './types';

/**
 * cloudpartner's document: 100 connections, 128 MB of shared buffers, which suits hosts from one gigabyte of memory on.
 * Slow statements are logged as on RDS.
 */
export const POSTGRES_SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '100',
  shared_buffers: '128MB',
  password_encryption: 'scram-sha-256',
  log_min_duration_statement: '1000',
};

/** Without a limit no eviction policy ever acts, and Redis would push the rest of a small host out of memory. */
export const REDIS_MEMORY = '128mb';

/**
 * Who may log in. The documents say md5; PostgreSQL has stored passwords as SCRAM since 14 and gives md5 up: its hash can be
 * used to log in by whoever reads it, SCRAM's cannot. The superuser logs in over the socket only, as the user `postgres`.
 */
export function hostBasedAuthentication(host: HostDescription): HostFile {
  const addresses = host.dataStores === 'packages' ? ['127.0.0.1/32', '::1/128'] : ['all'];
  const rule = (type: string, database: string, user: string, address: string, method: string) =>
    [type.padEnd(7), database.padEnd(15), user.padEnd(15), address.padEnd(15), method].join(' ');
  return configurationFile(
    `${PATHS.settings}/pg_hba.conf`,
    lines([
      '# type  database        user            address         method',
      rule('local', 'all', 'postgres', '', 'peer'),
      rule('local', 'all', 'all', '', 'scram-sha-256'),
      ...addresses.flatMap((address) => [
        rule('host', 'all', 'postgres', address, 'reject'),
        rule('host', 'all', 'all', address, 'scram-sha-256'),
      ]),
    ]),
  );
}

/** The settings of an installed PostgreSQL. */
export function postgresConfiguration(): HostFile {
  const settings = {
    data_directory: PATHS.postgres,
    hba_file: `${PATHS.settings}/pg_hba.conf`,
    ident_file: `${PATHS.postgres}/pg_ident.conf`,
    listen_addresses: 'localhost',
    port: '5432',
    unix_socket_directories: '/run/postgresql',
    ...POSTGRES_SETTINGS,
    logging_collector: 'off',
  };
  return configurationFile(
    `${PATHS.settings}/postgresql.conf`,
    lines(Object.entries(settings).map(([name, value]) => `${name} = '${value}'`)),
  );
}

/** The settings of an installed Redis. */
export function redisConfiguration({ cache }: HostDescription): HostFile {
  return configurationFile(
    `${PATHS.settings}/redis.conf`,
    lines([
      // The hyphen: also where the kernel has no IPv6.
      'bind 127.0.0.1 -::1',
      'protected-mode yes',
      'port 6379',
      'supervised systemd',
      `dir ${PATHS.redis}`,
      'appendonly yes',
      `maxmemory ${REDIS_MEMORY}`,
      `maxmemory-policy ${cache?.evictionPolicy ?? 'noeviction'}`,
    ]),
  );
}

/** One unit on every operating system: the packages' own keep their files on the system disk, and differ. */
export function postgresUnit(host: HostDescription): HostFile {
  const programs = operatingSystemOf(host).postgresPrograms(host.database?.version ?? '');
  return configurationFile(
    `${PATHS.units}/terrace-postgres.service`,
    script(`
[Unit]
Description=PostgreSQL on the data volume
After=network.target
RequiresMountsFor=${PATHS.postgres}

[Service]
Type=notify
User=postgres
Group=postgres
RuntimeDirectory=postgresql
RuntimeDirectoryMode=0755
ExecStart=${programs}/postgres -D ${PATHS.postgres} -c config_file=${PATHS.settings}/postgresql.conf
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
KillSignal=SIGINT
TimeoutStartSec=5min
TimeoutStopSec=5min
Restart=always
RestartSec=5
OOMScoreAdjust=-900

[Install]
WantedBy=multi-user.target
`),
  );
}

/** See `postgresUnit`. */
export function redisUnit(host: HostDescription): HostFile {
  const { redisServer, redisUser } = operatingSystemOf(host);
  return configurationFile(
    `${PATHS.units}/terrace-redis.service`,
    script(`
[Unit]
Description=Redis on the data volume
After=network.target
RequiresMountsFor=${PATHS.redis}

[Service]
Type=notify
User=${redisUser}
Group=${redisUser}
UMask=0077
ExecStart=${redisServer} ${PATHS.settings}/redis.conf
TimeoutStopSec=1min
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
`),
  );
}
