/**
 * The empty database on the target. What an interrupted copy left is dropped with the database, which is created again as it was; only
 * where the mark says that it is a copy of this move that did not end.
 */
import { CommandError } from '../../../cli/errors';
import { addToMarkSql, createMarkSql, markSql } from './mark';
import { endOwnSessionsSql } from './sessions';
import type { DatabaseMove, StepOptions } from './move';
import { runScript, fed } from './scripts';
import { ownObject, userSchema } from './sql-parts';

/** `complete` where an earlier call has ended; `following` and `indexed` where one has begun replication. */
export type CopyState = 'empty' | 'following' | 'indexed' | 'complete';

const STATES: readonly string[] = ['empty', 'following', 'indexed', 'complete'] satisfies readonly CopyState[];

/** The first few objects of the application. */
export const OBJECTS = `select coalesce(string_agg(name, ', '), '') from (
  select name from (
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${userSchema('n')} and ${ownObject('pg_proc', 'p.oid')}
    union all select 'type ' || t.oid::regtype from pg_type t join pg_namespace n on n.oid = t.typnamespace
      where ${userSchema('n')} and ${ownObject('pg_type', 't.oid')} and t.typtype in ('e', 'd', 'r')
    union all select 'schema ' || n.nspname from pg_namespace n
      where ${userSchema('n')} and n.nspname <> 'public' and ${ownObject('pg_namespace', 'n.oid')}
    union all select 'large object ' || oid from pg_largeobject_metadata) objects order by name limit 5) first`;

/** The statement that creates a database as the one is that exists. Versions name the locale of ICU differently. The default tablespace is
 * not named: nobody but a superuser may. */
const RECREATE = `select format('create database %I owner %I template template0 encoding %L lc_collate %L lc_ctype %L%s%s', datname,
    pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype,
    case when to_jsonb(d) ->> 'datlocprovider' = 'i' then format(' locale_provider icu icu_locale %L',
      coalesce(to_jsonb(d) ->> 'daticulocale', to_jsonb(d) ->> 'datlocale')) else '' end,
    (select format(' tablespace %I', spcname) from pg_tablespace where oid = dattablespace and spcname <> 'pg_default'))
  from pg_database d where datname = :'database'`;

export async function emptyTarget(move: DatabaseMove, options: StepOptions): Promise<CopyState> {
  const purpose = { ...options, move: move.id, doing: 'preparing the database of the target' };
  const state = (await runScript(move.target, emptyScript(move.id), purpose)).trim();
  if (STATES.includes(state)) return state as CopyState;
  throw new CommandError(
    `the database of ${move.target.name} is not empty: ${state}\n  fix   choose another target, or drop what is in it if nobody needs it`,
  );
}

/** In the database `postgres`, since the other one may be missing. */
function emptyScript(move: string): string {
  const maintenance = `"dbname=postgres $alive" --set=database="$PGDATABASE"`;
  return `state=$(${fed(stateSql(move))} | sql ${maintenance})
case $state in
  following | indexed | complete) echo "$state" ;;
  begun) ${fed(dropSql(move))} | sql ${maintenance} ; echo empty ;;
  *)
    objects=$(${fed(`${OBJECTS};`)} | sql "$here")
    if [ -n "$objects" ]; then printf '%s' "$objects"; else
      ${fed(beginSql(move))} | sql ${maintenance}
      echo empty
    fi ;;
esac`;
}

function stateSql(move: string): string {
  return `${createMarkSql(move)}
${endOwnSessionsSql(move)}
select coalesce(${markSql(move)} ->> 'copy', '');`;
}

/** From here on the database is the move's to drop. */
function beginSql(move: string): string {
  return addToMarkSql(move, `jsonb_build_object('copy', 'begun', 'recreate', (${RECREATE}))`);
}

/** Drops the database of a copy that did not end, and creates it again. */
export function dropSql(move: string): string {
  return `select format('drop database if exists %I', :'database')
\\gexec
select ${markSql(move)} ->> 'recreate'
\\gexec`;
}
