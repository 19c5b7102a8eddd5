/**
 * What a move remembers in a server: a role without login whose comment is a JSON document. A role belongs to no database, so it
 * survives when the database is dropped and created again, and it is in no dump.
 */
import { CommandError } from '../../../cli/errors';

/** Roles of moves; none of them is compared or copied. */
export const MARK_PREFIX = 'terrace_move_';

const ID = /^[a-z0-9_]{1,30}$/;

/** The role of a move, and the name of its sessions, publication, subscription and slot. */
export function markOf(move: string): string {
  if (!ID.test(move))
    throw new CommandError(`the id of a move is ${JSON.stringify(move)}: 1 to 30 lower-case letters, digits and underscores`);
  return `${MARK_PREFIX}${move}`;
}

/** An SQL expression: the document of the move, null where there is none. */
export function markSql(move: string): string {
  return `(select shobj_description(oid, 'pg_authid')::jsonb from pg_catalog.pg_roles where rolname = '${markOf(move)}')`;
}

/** Statements that create the mark where it is missing. */
export function createMarkSql(move: string): string {
  const role = markOf(move);
  return `select 'create role ${role} nologin' where not exists (select from pg_catalog.pg_roles where rolname = '${role}')
\\gexec
select 'comment on role ${role} is ''{}''' where ${markSql(move)} is null
\\gexec`;
}

/** Statements that put the entries of a JSON object, an SQL expression, into the mark. */
export function addToMarkSql(move: string, entries: string): string {
  return `select format('comment on role ${markOf(move)} is %L', ${markSql(move)} || ${entries})
\\gexec`;
}

/** Statements that take entries out of the mark. */
export function takeFromMarkSql(move: string, keys: readonly string[]): string {
  return `select format('comment on role ${markOf(move)} is %L', ${markSql(move)} - array[${keys.map((key) => `'${key}'`).join(', ')}])
where ${markSql(move)} is not null
\\gexec`;
}

/** Statements that remove the mark. */
export function dropMarkSql(move: string): string {
  return `drop role if exists ${markOf(move)};`;
}
