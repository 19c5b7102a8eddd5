/**
 * The two jobs of a preview that log in as the master of the server: `database-init` creates its database and logins,
 * `database-drop` removes them. Both run PostgreSQL's own image and a fixed script, never code of a pull request. Pure.
 */
import type { Role } from '../calculations/database-roles-sql';
import { databaseInitScript, psqlLines, type DatabaseInitSource } from './database-init';

export interface PreviewDatabaseSource extends Pick<DatabaseInitSource, 'name' | 'roles'> {
  /** The database of the environment. */
  readonly parent: string;
  /** Connections that all logins of the preview may have. */
  readonly connections: number;
}

/**
 * Creates the database if it is missing, then its logins. No login of a preview may connect to the environment's database: by
 * default PostgreSQL lets every login connect to every database. The environment's own logins have the right by name.
 */
export function previewInitScript({ parent, name, connections, roles }: PreviewDatabaseSource): string {
  const create = [
    `revoke connect on database "${parent}" from public;`,
    `select 'create database "${name}"' where not exists (select from pg_database where datname = '${name}') \\gexec`,
    `alter database "${name}" connection limit ${connections};`,
    `revoke connect on database "${name}" from public;`,
  ].join('\n');
  return [
    ...psqlLines(create, { database: parent }),
    databaseInitScript({ name, roles }, { database: name }),
    ...psqlLines(limitsSql(roles, connections), { database: name }),
  ].join('\n');
}

/** A login could open connections to databases that every login may use, such as `postgres`: its own limit counts there too. */
function limitsSql(roles: readonly Role[], connections: number): string {
  return roles.map((role) => `alter role "${role.name}" connection limit ${connections};`).join('\n');
}

/** Drops the database, with the connections to it, and every login that begins with its name. It may be run again. */
export function previewDropScript({ parent, name }: Pick<PreviewDatabaseSource, 'parent' | 'name'>): string {
  const drop = [
    'set client_min_messages = warning;',
    `drop database if exists "${name}" with (force);`,
    `select format('drop role %I', rolname) from pg_roles where starts_with(rolname, '${name}_') \\gexec`,
  ].join('\n');
  return [...psqlLines(drop, { database: parent }), `echo 'database-drop: ${name}: dropped'`].join('\n');
}
