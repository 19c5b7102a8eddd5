/** The publication on the source and the subscription on the target: made, and removed without a trace. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { addToMarkSql, createMarkSql, markOf, markSql, takeFromMarkSql } from './mark';
import type { DatabaseMove, LiveRoute, StepOptions } from './move';
import { fed, runScript, runSql } from './scripts';
import { ownObject, userSchema } from './sql-parts';

/** Tables and partitions whose rows replication carries. */
export const PUBLISHED = `pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')} and c.relkind = 'r' and c.relpersistence = 'p'`;

/** Whether a table has no key by which a changed row can be found. */
export const WITHOUT_IDENTITY = `(c.relreplident = 'n' or c.relreplident = 'd' and not exists
  (select from pg_index i where i.indrelid = c.oid and i.indisprimary))`;

/**
 * Publishes all tables, and creates a role that may do nothing but read them. Tables without a key send whole rows; what they did before is in
 * the mark, and put back in the end.
 * @returns the password of the role, which is kept nowhere: the source only gets its hash
 */
export async function publish(move: DatabaseMove, options: StepOptions): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  await runSql(move.source, publishSql(move.id, scramVerifier(password)), {
    ...options,
    move: move.id,
    doing: 'publishing the tables',
  });
  return password;
}

function publishSql(move: string, verifier: string): string {
  const mark = markOf(move);
  return `${createMarkSql(move)}
begin;
set local lock_timeout = '10s';
${addToMarkSql(
  move,
  `jsonb_build_object('identities', coalesce(${markSql(move)} -> 'identities', (select jsonb_object_agg(format('%I.%I', n.nspname, c.relname), c.relreplident)
  from ${PUBLISHED} and ${WITHOUT_IDENTITY}), '{}'))`,
)}
select format('alter table only %s replica identity full', name) from jsonb_object_keys(${markSql(move)} -> 'identities') name
\\gexec
select format('create publication ${mark}%s', ' for table only ' || string_agg(format('%I.%I', n.nspname, c.relname), ', only ' order by c.oid))
from ${PUBLISHED}
\\gexec
alter role ${mark} login connection limit 20 password '${verifier}';
select case when rolsuper then 'alter role ${mark} replication bypassrls' else 'grant rds_replication to ${mark}' end
from pg_roles where rolname = current_user
\\gexec
grant pg_read_all_data to ${mark};
select format('grant connect on database %I to ${mark}', current_database())
\\gexec
commit;`;
}

/** Connects the target's server to the source's. It creates the slot, and begins to copy. */
export async function subscribe(move: DatabaseMove, live: LiveRoute, password: string, options: StepOptions): Promise<void> {
  const database = (
    await runSql(move.source, 'select current_database();', {
      ...options,
      move: move.id,
      doing: 'asking for the name of the database',
    })
  ).trim();
  const mark = markOf(move.id);
  const address = {
    host: live.host,
    port: String(live.port),
    dbname: database,
    user: mark,
    sslmode: live.sslMode,
    application_name: mark,
  };
  const words = Object.entries(address).map(([name, value]) => `${name}='${value.replace(/[\\']/g, '\\$&')}'`);
  const sql = `\\getenv password REPLICATION_PASSWORD
select format('create subscription ${mark} connection %L publication ${mark} with (slot_name = ''${mark}'', streaming = on)',
  :'words' || ' password=' || :'password')
\\gexec
${addToMarkSql(move.id, `jsonb_build_object('copy', 'following', 'objects', ${COUNT_OF_OBJECTS})`)}`;
  await runScript(move.target, `${fed(sql)} | sql --set=words="$(${fed(words.join(' '))})" "$here"`, {
    ...options,
    move: move.id,
    doing: 'connecting the target to the source',
    secrets: { REPLICATION_PASSWORD: password },
  });
}

/** Changes when anything is created. */
export const COUNT_OF_OBJECTS = `(select (select count(*) from pg_class) + (select count(*) from pg_trigger) + (select count(*) from pg_constraint)
  + (select count(*) from pg_policy) + (select count(*) from pg_rewrite) + (select count(*) from pg_statistic_ext))`;

/** Removes subscription, slot, publication and role, whatever of them is there, and puts replica identities back. */
export async function endReplication(move: DatabaseMove, options: StepOptions): Promise<void> {
  const purpose = { ...options, move: move.id };
  await Promise.all([
    runScript(move.target, endSubscriptionScript(move.id), { ...purpose, doing: 'ending the subscription' }),
    runSql(move.source, endPublicationSql(move.id), { ...purpose, doing: 'ending the publication' }),
  ]);
}

/** Apart from its slot, so that it can be dropped while the source is out of reach. The database may be missing. */
function endSubscriptionScript(move: string): string {
  const mark = markOf(move);
  const sql = `select count(*) > 0 as subscribed from pg_subscription where subname = '${mark}'
  and subdbid = (select oid from pg_database where datname = current_database())
\\gset
\\if :subscribed
alter subscription ${mark} disable;
alter subscription ${mark} set (slot_name = none);
drop subscription ${mark};
\\endif`;
  const exists = `select count(*) from pg_database where datname = :'database';`;
  return `there=$(${fed(exists)} | sql "dbname=postgres $alive" --set=database="$PGDATABASE")
if [ "$there" = 1 ]; then ${fed(sql)} | sql "$here"; fi`;
}

/** Also that of a move that was killed: a slot that nobody reads keeps all of the write-ahead log. */
export function endPublicationSql(move: string): string {
  const mark = markOf(move);
  return `select format('alter table only %s replica identity %s', name, case identity when 'n' then 'nothing' else 'default' end)
from jsonb_each_text(coalesce(${markSql(move)} -> 'identities', '{}')) identities(name, identity) where to_regclass(name) is not null
\\gexec
${takeFromMarkSql(move, ['identities', 'confirmed'])}
do $$
begin
  for attempt in 1 .. 100 loop
    perform pg_terminate_backend(pid) from pg_stat_activity where usename = '${mark}';
    begin
      perform pg_drop_replication_slot(slot_name) from pg_replication_slots
        where slot_type = 'logical' and database = current_database() and (slot_name = '${mark}'
          or slot_name like 'pg\\_%\\_sync\\_%' and exists (select from pg_publication where pubname = '${mark}'));
      exit;
    exception when object_in_use then
      perform pg_sleep(0.1);
    end;
  end loop;
end $$;
drop publication if exists ${mark};
select format('%s', statement) from (values
  ('revoke pg_read_all_data from ${mark}'),
  (format('revoke connect on database %I from ${mark}', current_database())),
  ('alter role ${mark} nologin password null'),
  (case when (select rolsuper from pg_roles where rolname = current_user) then 'alter role ${mark} noreplication nobypassrls'
    else 'revoke rds_replication from ${mark}' end)) statements(statement)
where exists (select from pg_roles where rolname = '${mark}' and rolcanlogin)
\\gexec
select 'drop role ${mark}' where ${markSql(move)} = '{}'
\\gexec`;
}

/** What PostgreSQL keeps of a password (RFC 5803). */
function scramVerifier(password: string): string {
  const iterations = 4096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}
