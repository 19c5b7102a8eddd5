/** Parts of SQL that describe the same thing in the same words on both servers. */
import { MARK_PREFIX } from './mark';

/** A pattern for `like`: roles of moves. */
export const MARKS = `'${MARK_PREFIX.replaceAll('_', '\\_')}%'`;

/**
 * Roles that belong to the server and not to the application: superusers, the master, what PostgreSQL and RDS bring, and marks. What they
 * own or may do is that of the server's owner, whatever its name is.
 */
export const SERVER_ROLE = `(r.rolsuper or r.rolname = current_user or r.rolname in ('pg_database_owner', 'rdsadmin') or r.rolname like ${MARKS})`;

/** Roles that are neither the server's nor predefined. */
export const APPLICATION_ROLE = `(not ${SERVER_ROLE} and r.rolname !~ '^(pg_|rds)')`;

/** A table expression for `with`: the name of each role as both sides know it. */
export const ROLE_NAMES = `role_names as materialized (
  select r.oid, case when ${SERVER_ROLE} then '@owner' else r.rolname::text end as name from pg_roles r)`;

/** The name of a role by an expression that is its number. Needs `ROLE_NAMES`. */
export function roleName(number: string): string {
  return `coalesce((select name from role_names where oid = ${number}), 'public')`;
}

/**
 * The rights of an object as text, without who granted them; the defaults where nothing was granted. Needs `ROLE_NAMES`.
 * @param kind of `acldefault`: `r`, `s`, `f`, `n`, `T`, `L`, `d`
 */
export function rights(acl: string, kind: string, owner: string): string {
  // MAINTAIN is new in version 17, and part of "all".
  return `(select coalesce(string_agg(distinct ${roleName('grants.grantee')} || '=' || grants.privilege_type || case when grants.is_grantable and ${roleName('grants.grantee')} <> ${roleName(owner)} then '*' else '' end, ','), '-')
    from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) grants where grants.privilege_type <> 'MAINTAIN')`;
}

/** Schemas that belong to the server. */
export function userSchema(schema: string): string {
  return `(${schema}.nspname !~ '^pg_' and ${schema}.nspname <> 'information_schema')`;
}

/** Whether an object belongs to no extension. */
export function ownObject(catalog: string, number: string): string {
  return `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${number} and d.deptype = 'e')`;
}
