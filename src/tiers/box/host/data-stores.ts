/** PostgreSQL and Redis on the host, in containers or as packages: where they run, their settings, and their units. */
import { databaseRolesSql } from '../../../config/calculations/database-roles-sql';
import { PORTS } from '../../../config/tables/ports';
import { rdsCertificate } from '../../../config/tables/rds-certificates';
import { operatingSystemOf } from './operating-systems';
import { PATHS } from './paths';
import { configurationFile, lines, script } from './text';
import type { HostDescription, HostFile, HostPostgres, HostRedis } from './types';

/** Where a data store runs, as scripts know it. */
export type StorePlacement = 'none' | 'container' | 'package' | 'managed';

type Stores = Pick<HostDescription, 'dataStores' | 'database' | 'cache'>;

export function postgresPlacement({ dataStores, database }: Stores): StorePlacement {
  return placementOf(dataStores, database?.placement);
}

export function redisPlacement({ dataStores, cache }: Stores): StorePlacement {
  return placementOf(dataStores, cache?.placement);
}

function placementOf(dataStores: Stores['dataStores'], placement: 'host' | 'managed' | undefined): StorePlacement {
  if (placement !== 'host') return placement ?? 'none';
  return dataStores === 'packages' ? 'package' : 'container';
}

/** The data stores that are services of the Compose project, by their service names. */
export function containerStores(host: Stores): readonly ('postgres' | 'redis')[] {
  return [
    ...(postgresPlacement(host) === 'container' ? (['postgres'] as const) : []),
    ...(redisPlacement(host) === 'container' ? (['redis'] as const) : []),
  ];
}

/** Every file that PostgreSQL and Redis need besides the Compose file. */
export function dataStoreFiles(host: HostDescription): readonly HostFile[] {
  const { dataStores, database, cache } = host;
  const asPackages = dataStores === 'packages';
  return [
    ...(database?.placement === 'host' ? [hostBasedAuthentication(host), roles(database)] : []),
    ...(database?.placement === 'host' && asPackages ? [postgresConfiguration(host), postgresUnit(host, database)] : []),
    ...(database?.placement === 'managed' ? rdsCertificateFile(host) : []),
    ...(cache?.placement === 'host' && asPackages ? [redisConfiguration(host, cache), redisUnit(host)] : []),
  ];
}

/** With which dumps and restores verify that they talk to the managed database. */
function rdsCertificateFile({ region }: Pick<HostDescription, 'region'>): readonly HostFile[] {
  const certificate = rdsCertificate(region);
  return certificate === undefined ? [] : [configurationFile(`${PATHS.settings}/rds.pem`, certificate)];
}

/** The statements that create database roles and set their passwords; the passwords are not among them. */
function roles({ name, roles: all }: HostPostgres): HostFile {
  const logins = all.map((role) => ({ ...role, login: { kind: 'password' } as const }));
  return configurationFile(`${PATHS.settings}/roles.sql`, `${databaseRolesSql(name, logins)}\n`);
}

/** Parameters of PostgreSQL that are the same in a container and as a package. Its unit MB is 1024 × 1024 bytes. */
export function postgresParameters({ postgres }: Pick<HostDescription, 'postgres'>): Readonly<Record<string, string>> {
  return {
    max_connections: String(postgres.maxConnections),
    shared_buffers: `${postgres.sharedBuffersMib}MB`,
    password_encryption: 'scram-sha-256',
    log_min_duration_statement: String(postgres.slowStatementMilliseconds),
  };
}

/** Without a limit, no eviction policy would ever take effect. Redis's unit mb is 1024 × 1024 bytes. */
export function redisMemory({ redis }: Pick<HostDescription, 'redis'>): string {
  return `${redis.maxMemoryMib}mb`;
}

/**
 * Who may log in, and how. Passwords use SCRAM, not md5: an md5 hash is enough to log in.
 * The superuser logs in over the socket only, as the operating system's user `postgres`.
 */
export function hostBasedAuthentication({ dataStores }: Pick<HostDescription, 'dataStores'>): HostFile {
  const addresses = dataStores === 'packages' ? ['127.0.0.1/32', '::1/128'] : ['all'];
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

function postgresConfiguration(host: HostDescription): HostFile {
  const settings = {
    data_directory: PATHS.postgres,
    hba_file: `${PATHS.settings}/pg_hba.conf`,
    ident_file: `${PATHS.postgres}/pg_ident.conf`,
    listen_addresses: 'localhost',
    port: PORTS.postgres,
    unix_socket_directories: '/run/postgresql',
    ...postgresParameters(host),
    logging_collector: 'off',
  };
  return configurationFile(
    `${PATHS.settings}/postgresql.conf`,
    lines(Object.entries(settings).map(([name, value]) => `${name} = '${value}'`)),
  );
}

function redisConfiguration(host: HostDescription, { evictionPolicy }: HostRedis): HostFile {
  return configurationFile(
    `${PATHS.settings}/redis.conf`,
    lines([
      // The hyphen: a missing address, as on a kernel without IPv6, is no error.
      'bind 127.0.0.1 -::1',
      'protected-mode yes',
      `port ${PORTS.redis}`,
      'supervised systemd',
      `dir ${PATHS.redis}`,
      'appendonly yes',
      `maxmemory ${redisMemory(host)}`,
      `maxmemory-policy ${evictionPolicy}`,
    ]),
  );
}

/** Replaces the unit of the package, which differs between operating systems and keeps its files on the system disk. */
function postgresUnit(host: HostDescription, { version }: HostPostgres): HostFile {
  const programs = operatingSystemOf(host).postgresPrograms(version);
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

/** Replaces the unit of the package, as PostgreSQL's does. */
function redisUnit(host: HostDescription): HostFile {
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
