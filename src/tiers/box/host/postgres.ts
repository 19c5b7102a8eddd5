/** How scripts reach PostgreSQL: in its container, installed on the host, or managed elsewhere. */
import { rolePasswordVariable } from '../../../config/calculations/database-roles-sql';
import { postgresInContainer } from './compose';
import { postgresImage } from './compose-data';
import { operatingSystemOf } from './operating-systems';
import { command, PATHS, POSTGRES_CONTAINER } from './paths';
import { reachableDatabase } from './settings';
import { commandFile, configurationFile, script } from './text';
import type { HostDatabase, HostDescription, HostFile } from './types';

/** `pg program arguments...` as somebody who may do everything, `pg_roles` with the roles' passwords, `pg_is_up`. */
export function postgresFiles(host: HostDescription): readonly HostFile[] {
  const database = reachableDatabase(host);
  if (database === undefined) return [];
  return [
    configurationFile(
      `${PATHS.library}/postgres.sh`,
      script(`# shellcheck shell=bash\n# How this host reaches PostgreSQL. Sourced, not run.\n${access(host, database)}`),
    ),
    configurationFile(`${PATHS.library}/row-counts.sql`, ROW_COUNTS),
    PG_COMMAND,
  ];
}

function access(host: HostDescription, database: HostDatabase): string {
  if (database.placement === 'managed') return managedAccess(database);
  return postgresInContainer(host) ? containerAccess(database) : installedAccess(host, database);
}

function containerAccess({ roles }: HostDatabase): string {
  const variables = roles.map(({ name }) => `--env ${rolePasswordVariable(name)} `).join('');
  return String.raw`
pg() {
  docker exec --interactive --user postgres ${POSTGRES_CONTAINER} "$@"
}

pg_roles() {
  docker exec --interactive --user postgres ${variables}${POSTGRES_CONTAINER} "$@"
}

pg_is_up() {
  docker exec --user postgres ${POSTGRES_CONTAINER} pg_isready --quiet
}
`;
}

function installedAccess(host: HostDescription, { version }: HostDatabase): string {
  const programs = operatingSystemOf(host).postgresPrograms(version);
  return String.raw`
${programs === '/usr/bin' ? '' : `PATH=${programs}:$PATH\n`}
pg() {
  runuser --user postgres -- "$@"
}

# runuser hands the environment on.
pg_roles() {
  pg "$@"
}

pg_is_up() {
  pg pg_isready --quiet
}
`;
}

/** The programs come from PostgreSQL's image, so that they are never older than the server. */
function managedAccess({ version, host, port }: HostDatabase): string {
  return String.raw`
pg() {
  docker run --rm --interactive --network host --env-file ${PATHS.runtime}/master.env \
    --env PGHOST=${host} --env PGPORT=${port} --env PGSSLMODE=require ${postgresImage(version)} "$@"
}

pg_is_up() {
  timeout 5 bash -c ': > /dev/tcp/${host}/${port}'
}
`;
}

/** For a person: `terrace-pg psql shop`, `terrace-pg pg_dump shop`. */
const PG_COMMAND = commandFile(
  command('pg'),
  script(String.raw`
#!/usr/bin/env bash
# Runs a program of PostgreSQL as the superuser: terrace-pg psql, terrace-pg pg_dump ...
set -euo pipefail
. ${PATHS.library}/common.sh
. ${PATHS.library}/postgres.sh
pg "$@"
`),
);

/** One line for each table: its name and how many rows it has. */
const ROW_COUNTS = script(String.raw`
select format('select %L || chr(9) || count(*) from %I.%I', schemaname || '.' || tablename, schemaname, tablename)
from pg_catalog.pg_tables
where schemaname not in ('pg_catalog', 'information_schema') and schemaname not like 'pg\_temp%'
order by (schemaname || '.' || tablename) collate "C"
\gexec
`);
