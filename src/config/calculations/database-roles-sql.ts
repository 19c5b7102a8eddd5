/**
 * The SQL that brings the logins of applications to what the environment says. Pure; run by `database-init`.
 *
 * It can be run any number of times: it makes roles that are missing, sets every password to the one in Secrets Manager,
 * and grants what the role's privileges mean. It drops nothing. One transaction: all of it holds, or nothing changes.
 *
 * Passwords never stand in a statement. psql reads each from the environment (`\set` with backquotes, which every version
 * has), and `alter role` takes it from a setting of the transaction inside a `do` block: statement logs, Performance
 * Insights and error messages would show the text of a plain `alter role ... password`.
 */

/** A login of an application. */
export interface Role {
  readonly name: string;
  readonly privileges: 'owner' | 'read-write' | 'read-only';
}

/** What a role that does not own the schema may do with tables and sequences. */
const GRANTS = {
  'read-write': { tables: 'select, insert, update, delete', sequences: 'usage, select, update' },
  'read-only': { tables: 'select', sequences: 'select' },
} as const;

type Guest = Role & { readonly privileges: keyof typeof GRANTS };

/** The variable that a role's password comes in: `ROLE_APP_PASSWORD`. Identifiers are lower-case, so two never meet. */
export function rolePasswordVariable(role: string): string {
  return `ROLE_${role.toUpperCase()}_PASSWORD`;
}

/**
 * The whole script for psql, to be run in `database` by the master.
 * @param database and role names are PostgreSQL identifiers as the schema admits them, so quoting them is enough
 */
export function databaseRolesSql(database: string, roles: readonly Role[]): string {
  const owners = roles.filter(({ privileges }) => privileges === 'owner');
  const guests = roles.filter((role): role is Guest => role.privileges !== 'owner');
  return [
    'begin;',
    'set local client_min_messages = warning;',
    // PostgreSQL 14 still lets everybody create tables in public; since 15 this changes nothing.
    'revoke create on schema public from public;',
    ...roles.map(({ name }) => login(name, database)),
    ...owners.map(({ name }, index) => ownership(name, database, index === 0 ? undefined : owners[0]?.name)),
    ...guests.map((guest) => guestRights(guest, database, owners)),
    'commit;',
  ].join('\n');
}

/** Makes the role if it is missing, and sets its password. `others` is caught because its context would quote the password. */
function login(role: string, database: string): string {
  return `
\\set password \`printenv ${rolePasswordVariable(role)}\`
select set_config('terrace.password', :'password', true);
do $terrace$
begin
  if not exists (select from pg_roles where rolname = '${role}') then
    create role "${role}" login;
  end if;
  execute format('alter role %I login password %L', '${role}', current_setting('terrace.password'));
exception when others then
  raise exception 'role ${role}: %', sqlerrm;
end
$terrace$;
alter role "${role}" in database "${database}" reset role;`;
}

/**
 * All rights in database and schema. The master joins the role, to be able to grant what the role owns.
 * A second owner works in the name of the first: a table has one owner only, and both must be able to alter it.
 */
function ownership(role: string, database: string, first: string | undefined): string {
  const lines = [
    '',
    `grant "${role}" to current_user;`,
    `grant all on database "${database}" to "${role}";`,
    `grant all on schema public to "${role}";`,
  ];
  if (first !== undefined)
    lines.push(`grant "${first}" to "${role}";`, `alter role "${role}" in database "${database}" set role = '${first}';`);
  return lines.join('\n');
}

/** Takes away what an earlier run may have granted, then grants what is meant, for tables of today and of tomorrow. */
function guestRights({ name, privileges }: Guest, database: string, owners: readonly Role[]): string {
  const { tables, sequences } = GRANTS[privileges];
  const creators = ['', ...owners.map((owner) => ` for role "${owner.name}"`)];
  return [
    '',
    `revoke all on database "${database}" from "${name}";`,
    `revoke all on schema public from "${name}";`,
    `revoke all on all tables in schema public from "${name}";`,
    `revoke all on all sequences in schema public from "${name}";`,
    `grant connect on database "${database}" to "${name}";`,
    `grant usage on schema public to "${name}";`,
    `grant ${tables} on all tables in schema public to "${name}";`,
    `grant ${sequences} on all sequences in schema public to "${name}";`,
    ...creators.flatMap((creator) => [
      `alter default privileges${creator} in schema public revoke all on tables from "${name}";`,
      `alter default privileges${creator} in schema public revoke all on sequences from "${name}";`,
      `alter default privileges${creator} in schema public grant ${tables} on tables to "${name}";`,
      `alter default privileges${creator} in schema public grant ${sequences} on sequences to "${name}";`,
    ]),
  ].join('\n');
}
