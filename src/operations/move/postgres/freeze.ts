/**
 * Freezes a source so that nobody but its superuser or master can log in, and puts back exactly what was there before.
 *
 * `default_transaction_read_only` alone would not do: every session can override it. So logins are refused by the server itself:
 *
 * - with a superuser, by a connection limit of 0 on the database, which holds for every other role, also those created later;
 * - with a master that is no superuser, or while a target follows, both of whom such a limit would lock out, by taking `login` from all
 *   other roles that may connect.
 *
 * Then all sessions are ended. A transaction whose commit was acknowledged is kept; one that was open is rolled back by the server. What was
 * there before is recorded in the same transaction that changes it. The read-only setting is a second lock, for superusers by mistake.
 */
import { CommandError } from '../../../cli/errors';
import { addToMarkSql, createMarkSql, markOf, markSql, takeFromMarkSql } from './mark';
import type { DatabaseMove, StepOptions } from './move';
import { runSql } from './scripts';
import { type Seal, sealSchema } from './seal';
import { MARKS } from './sql-parts';

/** Seconds in which sessions must end after they were told to. */
const END_SECONDS = 60;

/** Whether a connection limit does it. */
const byLimit = (move: string) =>
  `((select rolsuper from pg_roles where rolname = current_user) and not (select rolcanlogin from pg_roles where rolname = '${markOf(move)}'))`;

/** The database and its roles before they were frozen, as far as the freeze changes them. */
const formerSql = (move: string) => `jsonb_build_object(
  'byLimit', ${byLimit(move)},
  'limit', (select datconnlimit from pg_database where datname = current_database()),
  'readOnly', (select substr(setting, 31) from pg_db_role_setting s, unnest(setconfig) setting
    where s.setrole = 0 and s.setdatabase = (select oid from pg_database where datname = current_database())
      and setting like 'default_transaction_read_only=%'),
  'roles', case when ${byLimit(move)} then '[]'::jsonb else coalesce(
    (select jsonb_agg(rolname order by rolname) from pg_roles
      where rolcanlogin and not rolsuper and rolname <> current_user and rolname !~ '^rds' and rolname not like ${MARKS}
        and has_database_privilege(oid, current_database(), 'connect')), '[]'::jsonb) end)`;

export async function freeze(move: DatabaseMove, options: StepOptions): Promise<Seal> {
  const output = await runSql(move.source, freezeSql(move.id), { ...options, move: move.id, doing: 'freezing the source' });
  const [state = ''] = output.trim().split('\n').slice(-1);
  const prepared = /^prepared (\d+)$/.exec(state)?.[1];
  if (prepared !== undefined)
    throw new CommandError(
      `${move.source.name} has ${prepared} prepared transaction(s), which no freeze ends\n  fix   commit or roll them back (pg_prepared_xacts), then call the command again, or thaw`,
    );
  if (state.startsWith('sessions'))
    throw new CommandError(
      `sessions of the source did not end within ${END_SECONDS} seconds: ${state.slice('sessions '.length)}\n  fix   call the command again, or thaw`,
    );
  const seal = sealSchema.parse(JSON.parse(state));
  options.report(`frozen since ${seal.frozenAt}, at position ${seal.position}`);
  return seal;
}

export async function thaw(move: DatabaseMove, options: StepOptions): Promise<void> {
  const output = await runSql(move.source, thawSql(move.id), { ...options, move: move.id, doing: 'thawing the source' });
  options.report(output.includes('thawed') ? 'the source accepts logins again' : 'the source was not frozen');
}

/** An SQL expression: whether the move has frozen the server; null without a mark. */
function frozenSql(move: string): string {
  return `(${markSql(move)} ? 'former')`;
}

/** Each block ends with the row that says what is the case. */
function freezeSql(move: string): string {
  return `${createMarkSql(move)}
begin;
select ${markSql(move)} ? 'former' as recorded
\\gset
\\if :recorded
\\else
${addToMarkSql(move, `jsonb_build_object('former', ${formerSql(move)})`)}
\\endif
select format('alter database %I connection limit 0', current_database()) where (${markSql(move)} #>> '{former,byLimit}')::boolean
\\gexec
select format('alter role %I nologin', role) from jsonb_array_elements_text(${markSql(move)} #> '{former,roles}') role
where exists (select from pg_roles where rolname = role)
\\gexec
select format('alter database %I set default_transaction_read_only = on', current_database())
\\gexec
commit;
${endSessionsSql(markOf(move))}
select count(*) as prepared from pg_prepared_xacts where database = current_database()
\\gset
select :prepared > 0 as open
\\gset
\\if :open
\\echo prepared :prepared
\\quit
\\endif
select count(*) as left_over, coalesce(string_agg(distinct usename || ' ' || application_name, ', '), '') as who
from pg_stat_activity where ${OTHERS(markOf(move))}
\\gset
select :left_over > 0 as busy
\\gset
\\if :busy
\\echo sessions :who
\\quit
\\endif
select ${markSql(move)} ? 'seal' as sealed
\\gset
\\if :sealed
\\else
${addToMarkSql(
  move,
  `jsonb_build_object('seal', jsonb_build_object(
  'frozenAt', to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'transaction', pg_snapshot_xmax(pg_current_snapshot())::text, 'position', pg_current_wal_insert_lsn()::text))`,
)}
\\endif
select ${markSql(move)} -> 'seal';`;
}

/** Sessions of clients that are none of the move's own. Walsenders are no clients: replication goes on. */
const OTHERS = (mark: string) =>
  `datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() and application_name <> '${mark}'`;

/** Tells all sessions to end, and waits: until then one could still commit. */
function endSessionsSql(mark: string): string {
  return `do $$
begin
  for attempt in 1 .. ${END_SECONDS * 10} loop
    perform pg_terminate_backend(pid) from pg_stat_activity
      where ${OTHERS(mark)} and usename not in (select rolname from pg_roles where rolname = 'rdsadmin');
    exit when not exists (select from pg_stat_activity where ${OTHERS(mark)});
    perform pg_sleep(0.1);
    perform pg_stat_clear_snapshot();
  end loop;
end $$;`;
}

/** One transaction: either everything is as before, or it is still frozen. */
function thawSql(move: string): string {
  return `select coalesce(${frozenSql(move)}, false) as frozen
\\gset
\\if :frozen
begin;
select format('alter database %I connection limit %s', current_database(), ${markSql(move)} #>> '{former,limit}')
\\gexec
select case when ${markSql(move)} #>> '{former,readOnly}' is null then format('alter database %I reset default_transaction_read_only', current_database())
  else format('alter database %I set default_transaction_read_only = %L', current_database(), ${markSql(move)} #>> '{former,readOnly}') end
\\gexec
select format('alter role %I login', role) from jsonb_array_elements_text(${markSql(move)} #> '{former,roles}') role
where exists (select from pg_roles where rolname = role)
\\gexec
${takeFromMarkSql(move, ['former', 'seal', 'confirmed'])}
commit;
\\echo thawed
\\endif
select ${markSql(move)} = '{}' as empty
\\gset
\\if :{?empty}
select case when :'empty' = 't' then 'drop role ${markOf(move)}' end where :'empty' = 't'
\\gexec
\\endif`;
}
