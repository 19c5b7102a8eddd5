/**
 * What a target without superuser needs so that objects can be given to their owners, and how it is taken back: nobody becomes the owner of
 * an object in a schema in which he may not create one, and rights are restored last.
 */
import { markSql } from './mark';
import { APPLICATION_ROLE, userSchema } from './sql-parts';

/** After the schemas exist. */
export function allowCreationSql(move: string): string {
  return `select format('grant create on schema %I to %I', n.nspname, r.rolname) from pg_namespace n, pg_roles r
where ${userSchema('n')} and (${APPLICATION_ROLE} or ${markSql(move)} -> 'standIns' ? r.rolname)
  and not (select rolsuper from pg_roles where rolname = current_user) and not has_schema_privilege(r.oid, n.oid, 'create')
\\gexec`;
}

/** After everything is restored: only those keep it that have it on the source. Needs the psql variable \`properties\`. */
export const DISALLOW_CREATION = `select format('revoke create on schema %I from %I', n.nspname, r.rolname)
from pg_namespace n, aclexplode(n.nspacl) grants join pg_roles r on r.oid = grants.grantee
where ${userSchema('n')} and grants.privilege_type = 'CREATE' and grants.grantee <> n.nspowner and ${APPLICATION_ROLE}
  and not exists (select from jsonb_array_elements(:'properties'::jsonb -> 'creators') creator
    where creator ->> 'schema' = n.nspname and creator ->> 'role' = quote_ident(r.rolname))
\\gexec`;

/** Gives what belongs to the stand-ins of the source's superusers to the owner of the target, with their default privileges. */
export function takeOverSql(move: string): string {
  const standIn = `r.rolname in (select jsonb_array_elements_text(${markSql(move)} -> 'standIns'))`;
  const kinds =
    "case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end";
  const place =
    "case when d.defaclnamespace = 0 then '' else ' in schema ' || quote_ident((select nspname from pg_namespace where oid = d.defaclnamespace)) end";
  return `select format('alter default privileges%s grant %s on %s to %s%s', ${place}, grants.privilege_type, ${kinds},
    case when grants.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grants.grantee)) end,
    case when grants.is_grantable then ' with grant option' else '' end)
from pg_default_acl d join pg_roles r on r.oid = d.defaclrole, aclexplode(d.defaclacl) grants
where ${standIn} and grants.grantee <> d.defaclrole
\\gexec
select format('alter default privileges revoke %s on %s from public', grants.privilege_type, ${kinds})
from pg_default_acl d join pg_roles r on r.oid = d.defaclrole, aclexplode(acldefault(
  case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end, d.defaclrole)) grants
where ${standIn} and d.defaclnamespace = 0 and grants.grantee = 0
  and not exists (select from aclexplode(d.defaclacl) kept where kept.grantee = 0 and kept.privilege_type = grants.privilege_type)
\\gexec
select format('reassign owned by %I to current_user', r.rolname) from pg_roles r where ${standIn}
\\gexec
select format('drop owned by %I', r.rolname) from pg_roles r where ${standIn}
\\gexec
select format('drop role %I', r.rolname) from pg_roles r where ${standIn}
\\gexec`;
}
