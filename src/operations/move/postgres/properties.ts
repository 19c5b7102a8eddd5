/** What belongs to a database or its roles and is in no dump of it: rights, settings and the comment of the database. */
import type { DatabaseMove, StepOptions } from './move';
import { runSql } from './scripts';
import { APPLICATION_ROLE, MARKS, userSchema } from './sql-parts';

/** Setting a parameter that is a list takes the list as it is; others take one text. */
const LISTS = ['search_path', 'session_preload_libraries', 'local_preload_libraries', 'temp_tablespaces'];

const GRANTEE = `(grants.grantee = 0 or exists (select from pg_roles r where r.oid = grants.grantee and ${APPLICATION_ROLE}))`;

const NAME = "case when grants.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grants.grantee)) end";

const THIS = '(select oid from pg_database where datname = current_database())';

/** The settings of the database and of roles that are the application's, in this database and in all. */
export const READ_PROPERTIES = `select json_build_object(
  'grants', (select coalesce(json_agg(json_build_object('to', ${NAME}, 'right', grants.privilege_type, 'option', grants.is_grantable)), '[]')
    from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) grants
    where datname = current_database() and ${GRANTEE}),
  'comment', (select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()),
  'limit', (select coalesce((select (shobj_description(oid, 'pg_authid')::jsonb #>> '{former,limit}')::int from pg_roles
      where rolname like ${MARKS} and shobj_description(oid, 'pg_authid')::jsonb ? 'former'), datconnlimit)
    from pg_database where datname = current_database()),
  'settings', (select coalesce(json_agg(json_build_object('role', r.rolname, 'everywhere', s.setdatabase = 0,
      'name', split_part(setting, '=', 1), 'value', substr(setting, strpos(setting, '=') + 1))), '[]')
    from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) setting
    where s.setdatabase in (0, ${THIS}) and (s.setrole = 0 and s.setdatabase <> 0 and setting not like 'default_transaction_read_only=%'
      or s.setrole <> 0 and ${APPLICATION_ROLE})),
  'creators', (select coalesce(json_agg(json_build_object('schema', n.nspname, 'role', ${NAME})), '[]')
    from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) grants
    where ${userSchema('n')} and grants.privilege_type = 'CREATE' and ${GRANTEE}));`;

/** @returns a JSON document */
export async function readProperties(move: DatabaseMove, options: StepOptions): Promise<string> {
  const read = await runSql(move.source, READ_PROPERTIES, {
    ...options,
    move: move.id,
    doing: 'reading the settings of the database',
  });
  return read.trim();
}

/** Statements that apply the document, a psql variable `properties`. They can be run again. */
export function applyPropertiesSql(): string {
  return `begin;
select set_config('terrace.properties', :'properties', true) is null as ignored
\\gset
do $$
declare
  wanted jsonb := current_setting('terrace.properties')::jsonb;
  entry jsonb;
begin
  execute format('revoke all on database %I from public', current_database());
  for entry in select * from jsonb_array_elements(wanted -> 'grants') loop
    execute format('grant %s on database %I to %s%s', entry ->> 'right', current_database(), entry ->> 'to',
      case when (entry ->> 'option')::boolean then ' with grant option' else '' end);
  end loop;
  execute format('alter database %I connection limit %s', current_database(), wanted ->> 'limit');
  execute format('comment on database %I is %L', current_database(), wanted ->> 'comment');
  for entry in select * from jsonb_array_elements(wanted -> 'settings') loop
    execute format('alter %s%s set %I = %s',
      case when entry ->> 'role' is null then 'database ' || quote_ident(current_database()) else 'role ' || quote_ident(entry ->> 'role') end,
      case when entry ->> 'role' is null or (entry ->> 'everywhere')::boolean then '' else ' in database ' || quote_ident(current_database()) end,
      entry ->> 'name',
      case when entry ->> 'name' in (${LISTS.map((name) => `'${name}'`).join(', ')}) then entry ->> 'value' else quote_literal(entry ->> 'value') end);
  end loop;
end $$;
commit;`;
}
