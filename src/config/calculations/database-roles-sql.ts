/**
 * The SQL that creates and updates the logins of applications as described. Pure; run by `database-init` and by the box.
 *
 * It can be run any number of times: it creates missing roles, sets every password to the one in Secrets Manager, and grants
 * what the role's privileges mean. It drops nothing. One transaction: either all of it takes effect, or nothing changes.
 *
 * No statement and no bind parameter contains a password, because PostgreSQL logs both. psql sends each as COPY data, which is
 * never logged, and a `do` block passes it to `alter role`: statement logs, Performance Insights and error messages show the
 * text of the block. psql's `\copy` works in every version.
 *
 * A rotation of a login alternates between two users, so that the one in use stays valid: the role and its clone. The clone
 * acts as the role (`set role` at login): it has the role's privileges, and what it creates belongs to the role.
 */

/** A login of an application. */
export interface Role {
  readonly name: string;
  readonly privileges: 'owner' | 'read-write' | 'read-only';
  readonly login: Login;
}

/** How a role authenticates. */
export type Login =
  /** By the password in a variable. */
  | { readonly kind: 'password' }
  /** By a secret whose user name and password are in variables. With `rotates`, the user may be the role's clone. */
  | { readonly kind: 'secret'; readonly rotates: boolean }
  /** By an IAM token. RDS then accepts no password. */
  | { readonly kind: 'iam' };

/** What AWS's rotation function appends to the name of a role for the user that it alternates with. */
export const CLONE_SUFFIX = '_clone';

/** The temporary table through which passwords reach the server. */
const PASSWORD_TABLE = 'terrace_password';

/** CSV whose delimiter and quote are control characters, so that any password of one line arrives unchanged. */
const UNCHANGED = "with (format csv, delimiter E'\\x01', quote E'\\x02')";

/** What a role that does not own the schema may do with tables and sequences. */
const GRANTS = {
  'read-write': { tables: 'select, insert, update, delete', sequences: 'usage, select, update' },
  'read-only': { tables: 'select', sequences: 'select' },
} as const;

type Guest = Role & { readonly privileges: keyof typeof GRANTS };

/** The variable with a role's password: `ROLE_APP_PASSWORD`. Identifiers are lower-case, so no two variables are the same. */
export function rolePasswordVariable(role: string): string {
  return `ROLE_${role.toUpperCase()}_PASSWORD`;
}

/** The variable with the user that a role's secret names: the role, or its clone. */
export function roleUserVariable(role: string): string {
  return `ROLE_${role.toUpperCase()}_USER`;
}

/** The variables that the script reads for a role. */
export function roleVariables({ name, login }: Role): readonly string[] {
  switch (login.kind) {
    case 'password':
      return [rolePasswordVariable(name)];
    case 'secret':
      return [roleUserVariable(name), rolePasswordVariable(name)];
    case 'iam':
      return [];
  }
}

/**
 * The whole script for psql, to be run in `database` by the master.
 * @param database and role names are PostgreSQL identifiers as the schema admits them, so quoting them is enough
 */
export function databaseRolesSql(database: string, roles: readonly Role[]): string {
  const owners = roles.filter(({ privileges }) => privileges === 'owner');
  const guests = roles.filter((role): role is Guest => role.privileges !== 'owner');
  const actsAs = ({ name, privileges }: Role) => (privileges === 'owner' ? (owners[0]?.name ?? name) : name);
  return [
    'begin;',
    'set local client_min_messages = warning;',
    `create temporary table ${PASSWORD_TABLE} (password text) on commit drop;`,
    // In PostgreSQL 14 every role may create tables in public; since 15 this changes nothing.
    'revoke create on schema public from public;',
    ...roles.map((role) => login(role, database)),
    ...owners.map(({ name }, index) => ownership(name, database, index === 0 ? undefined : owners[0]?.name)),
    ...guests.map((guest) => guestRights(guest, database, owners)),
    ...roles.filter((role) => role.login.kind === 'secret').map((role) => cloneRights(role.name, database, actsAs(role))),
    'commit;',
  ].join('\n');
}

/** Creates the role if it is missing, and sets how it authenticates. */
function login(role: Role, database: string): string {
  return [
    role.login.kind === 'iam' ? tokenLogin(role.name) : passwordLogin(role),
    `alter role "${role.name}" in database "${database}" reset role;`,
  ].join('\n');
}

/** `others` is caught because its context would quote the password. */
function passwordLogin({ name: role, login }: Role): string {
  const users = login.kind === 'secret' ? [role, clone(role)] : [role];
  const created = login.kind === 'secret' && login.rotates ? users : [role];
  return `
${login.kind === 'secret' ? `\\set login_user \`printenv ${roleUserVariable(role)}\`` : `\\set login_user ${role}`}
select set_config('terrace.user', :'login_user', true);
\\copy ${PASSWORD_TABLE} from program 'printenv ${rolePasswordVariable(role)}' ${UNCHANGED}
do $terrace$
declare
  login_user text := current_setting('terrace.user');
  login_password text;
  missing text;
begin
  delete from ${PASSWORD_TABLE} returning password into strict login_password;
  if login_user <> all (${names(users)}) then
    raise exception 'its secret names the user %', login_user;
  end if;
  foreach missing in array ${names(created)} || login_user loop
    if not exists (select from pg_roles where rolname = missing) then
      execute format('create role %I login', missing);
    end if;
  end loop;${login.kind === 'secret' ? withoutToken(role) : ''}
  execute format('alter role %I login password %L', login_user, login_password);
exception when others then
  raise exception 'role ${role}: %', sqlerrm;
end
$terrace$;`;
}

/** RDS accepts only tokens from members of `rds_iam`. A role that gets a password again leaves it. */
function withoutToken(role: string): string {
  return `
  if exists (select from pg_auth_members where roleid = to_regrole('rds_iam') and member = to_regrole('${role}')) then
    revoke rds_iam from "${role}";
  end if;`;
}

function tokenLogin(role: string): string {
  return `
do $terrace$
begin
  if not exists (select from pg_roles where rolname = '${role}') then
    create role "${role}" login;
  end if;
  alter role "${role}" login password null;
  grant rds_iam to "${role}";
end
$terrace$;`;
}

/**
 * All rights in database and schema. The master joins the role, to be able to grant what the role owns.
 * A second owner acts as the first: a table has one owner only, and both must be able to alter it.
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

/** Revokes what an earlier run may have granted, then grants the privileges, for existing and future tables. */
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

/**
 * Where the role has a clone, the clone acts as the role, or as the owner that the role acts as. A clone that the rotation function
 * created did not do so before: what it owns is passed on.
 */
function cloneRights(role: string, database: string, actsAs: string): string {
  return `
do $terrace$
begin
  if exists (select from pg_roles where rolname = '${clone(role)}') then
    grant "${role}" to "${clone(role)}";
    alter role "${clone(role)}" in database "${database}" set role = '${actsAs}';
    grant "${role}", "${clone(role)}" to current_user;
    reassign owned by "${clone(role)}" to "${actsAs}";
  end if;
end
$terrace$;`;
}

function clone(role: string): string {
  return `${role}${CLONE_SUFFIX}`;
}

function names(users: readonly string[]): string {
  return `array[${users.map((user) => `'${user}'`).join(', ')}]`;
}
