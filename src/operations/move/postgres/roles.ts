/**
 * The roles of the application on the target, before anything is restored: names, attributes, memberships and settings, no passwords.
 * A role that is there keeps its attributes. The owner of the target joins those roles for the time of the move: it could neither give
 * objects to them nor read what they own otherwise.
 */
import { z } from 'zod';
import { addToMarkSql, createMarkSql, markSql } from './mark';
import type { DatabaseMove, StepOptions } from './move';
import { runSql } from './scripts';
import { APPLICATION_ROLE, MARKS } from './sql-parts';

const rolesSchema = z.object({
  roles: z.array(z.looseObject({ name: z.string() })),
  /** Superusers that own something: stand-ins take their objects on a target without superuser. */
  owners: z.array(z.string()),
  members: z.array(z.looseObject({ role: z.string(), member: z.string() })),
});

/** Roles that the owner of the target cannot act as. */
const NOT_JOINED = "not pg_has_role(r.oid, 'usage')";

/** Roles that may log in count as such while a freeze has taken that right from them. */
const READ_ROLES = `select json_build_object(
  'roles', (select coalesce(json_agg(json_build_object('name', rolname, 'createrole', rolcreaterole, 'createdb', rolcreatedb,
      'inherit', rolinherit, 'limit', rolconnlimit, 'until', rolvaliduntil,
      'login', rolcanlogin or exists (select from pg_roles marks where marks.rolname like ${MARKS}
        and shobj_description(marks.oid, 'pg_authid')::jsonb #> '{former,roles}' ? r.rolname))
    order by rolname), '[]') from pg_roles r where ${APPLICATION_ROLE}),
  'owners', (select coalesce(json_agg(rolname order by rolname), '[]') from pg_roles where rolsuper and rolname <> 'rdsadmin'
    and oid in (select refobjid from pg_shdepend where refclassid = 'pg_authid'::regclass
      union select 10)),
  'members', (select coalesce(json_agg(distinct jsonb_build_object('role', granted.rolname, 'member', r.rolname, 'admin', m.admin_option)), '[]')
    from pg_auth_members m join pg_roles granted on granted.oid = m.roleid join pg_roles r on r.oid = m.member
    where ${APPLICATION_ROLE} and not granted.rolsuper and granted.rolname !~ '^rds'));`;

export async function prepareTarget(move: DatabaseMove, options: StepOptions): Promise<void> {
  const read = await runSql(move.source, READ_ROLES, { ...options, move: move.id, doing: 'reading roles' });
  const wanted = rolesSchema.parse(JSON.parse(read));
  await runSql(move.target, createRolesSql(move.id), {
    ...options,
    move: move.id,
    doing: 'creating roles',
    variables: { wanted: JSON.stringify(wanted) },
  });
  options.report(`roles on the target: ${wanted.roles.map(({ name }) => name).join(', ') || 'none'}`);
}

/**
 * What the move has added is in the mark: `joined` are roles whose membership it gave to the target's owner, `standIns` are roles that
 * take the objects of the source's superusers until the owner has them.
 */
function createRolesSql(move: string): string {
  return `${createMarkSql(move)}
begin;
select set_config('terrace.wanted', :'wanted', true) is null as ignored
\\gset
do $$
declare
  wanted jsonb := current_setting('terrace.wanted')::jsonb;
  entry jsonb;
begin
  for entry in select * from jsonb_array_elements(wanted -> 'roles') loop
    continue when to_regrole(quote_ident(entry ->> 'name')) is not null;
    execute format('create role %I %s %s %s %s connection limit %s', entry ->> 'name',
      case when (entry ->> 'login')::boolean then 'login' else 'nologin' end,
      case when (entry ->> 'inherit')::boolean then 'inherit' else 'noinherit' end,
      case when (entry ->> 'createrole')::boolean then 'createrole' else 'nocreaterole' end,
      case when (entry ->> 'createdb')::boolean then 'createdb' else 'nocreatedb' end, entry ->> 'limit');
    if entry ->> 'until' is not null then
      execute format('alter role %I valid until %L', entry ->> 'name', entry ->> 'until');
    end if;
  end loop;
  for entry in select * from jsonb_array_elements(wanted -> 'members') loop
    execute format('grant %I to %I%s', entry ->> 'role', entry ->> 'member',
      case when (entry ->> 'admin')::boolean then ' with admin option' else '' end);
  end loop;
end $$;
select rolsuper as superuser from pg_roles where rolname = current_user
\\gset
\\if :superuser
\\else
${addToMarkSql(
  move,
  `jsonb_build_object('standIns', coalesce(${markSql(move)} -> 'standIns', '[]') || coalesce((select jsonb_agg(name) from jsonb_array_elements_text(:'wanted'::jsonb -> 'owners') name
  where to_regrole(quote_ident(name)) is null), '[]'))`,
)}
select format('create role %I nologin', name) from jsonb_array_elements_text(${markSql(move)} -> 'standIns') name
where to_regrole(quote_ident(name)) is null
\\gexec
${addToMarkSql(
  move,
  `jsonb_build_object('joined', coalesce(${markSql(move)} -> 'joined', '[]') || coalesce((select jsonb_agg(r.rolname) from pg_roles r
  where (r.rolname in (select value ->> 'name' from jsonb_array_elements(:'wanted'::jsonb -> 'roles'))
    or ${markSql(move)} -> 'standIns' ? r.rolname) and ${NOT_JOINED}), '[]'))`,
)}
select format('grant %I to current_user', r.rolname) from pg_roles r where ${markSql(move)} -> 'joined' ? r.rolname and ${NOT_JOINED}
\\gexec
\\endif
commit;`;
}
