/** Databases beside each other on the host, on the way back from RDS: the one that is filled, and the old one, which is kept. */
import type { DatabasePlace } from '../database-place';
import { fed, runScript, setVariables } from './postgres/scripts';
import type { StepOptions } from './postgres/move';

export interface HostDatabases {
  /** Of the move. */
  readonly id: string;
  /** On the host, as its superuser. */
  readonly place: DatabasePlace;
  /** What applications connect to. */
  readonly name: string;
}

/** No application knows it: nobody can write to it before it is complete. */
export function besideName(name: string): string {
  return `${name.slice(0, 57)}_back`;
}

/** The old database afterwards. It is not dropped: it has what was on the host when the database left it. */
export function keptName({ id, name }: Pick<HostDatabases, 'id' | 'name'>): string {
  return `${name.slice(0, 62 - id.length)}_${id}`;
}

/** `own`: the host has its own server again. `kept`: it serves what came back. */
export type HostState = 'not there' | 'own' | 'kept';

/**
 * Whether the host has its PostgreSQL again: until its configuration has arrived, its scripts are led to RDS, whose master is no
 * superuser.
 */
export async function stateOfHost(databases: HostDatabases, options: StepOptions): Promise<HostState> {
  const { exitCode, stdout } = await databases.place.run(
    `export PGCONNECT_TIMEOUT=10\n${fed(`select rolsuper, exists (select from pg_database where datname = '${keptName(databases)}')
  from pg_roles where rolname = current_user;`)} | psql -XAtq dbname=postgres`,
    { timeoutSeconds: 60, signal: options.signal },
  );
  if (exitCode !== 0 || !stdout.startsWith('t|')) return 'not there';
  return stdout.trim() === 't|t' ? 'kept' : 'own';
}

/** An empty database like the one that applications use. One that is there is left as it is. */
export async function createBeside(databases: HostDatabases, options: StepOptions): Promise<void> {
  await inMaintenance(databases, CREATE, 'creating a database beside the old one', options);
}

/** In one transaction: the old database gets its other name, and the complete one takes its place. From here on it is open. */
export async function exchange(databases: HostDatabases, options: StepOptions): Promise<void> {
  await inMaintenance(databases, EXCHANGE, 'exchanging the databases of the host', options);
}

/** What an interrupted restore has left, where nothing of it is wanted. */
export async function dropBeside(databases: HostDatabases, options: StepOptions): Promise<void> {
  await inMaintenance(databases, DROP, 'dropping the database beside the old one', options);
}

/** Versions name the locale of ICU differently. */
const CREATE = `select format('create database %I owner %I template template0 encoding %L lc_collate %L lc_ctype %L%s', :'beside',
    pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype,
    case when to_jsonb(d) ->> 'datlocprovider' = 'i' then format(' locale_provider icu icu_locale %L',
      coalesce(to_jsonb(d) ->> 'daticulocale', to_jsonb(d) ->> 'datlocale')) else '' end)
  from pg_database d where datname = :'name' and not exists (select from pg_database where datname = :'beside')
\\gexec`;

const END_SESSIONS = `select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity
  where datname in (:'name', :'beside') and pid <> pg_backend_pid()
\\g /dev/null`;

const EXCHANGE = `${END_SESSIONS}
begin;
select format('alter database %I rename to %I', :'name', :'kept') where exists (select from pg_database where datname = :'beside')
\\gexec
select format('alter database %I rename to %I', :'beside', :'name') where exists (select from pg_database where datname = :'beside')
\\gexec
commit;`;

const DROP = `${END_SESSIONS}
select format('drop database %I', :'beside') where exists (select from pg_database where datname = :'beside')
\\gexec`;

async function inMaintenance(databases: HostDatabases, sql: string, doing: string, options: StepOptions): Promise<void> {
  const { id, place, name } = databases;
  const variables = { name, beside: besideName(name), kept: keptName(databases) };
  await runScript(place, `${fed(sql)} | sql ${setVariables(variables)} "dbname=postgres $alive"`, {
    ...options,
    move: id,
    doing,
  });
}
