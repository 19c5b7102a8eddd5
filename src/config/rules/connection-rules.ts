/** Rules about the database logins that containers read. */
import { CLONE_SUFFIX } from '../calculations/database-roles-sql';
import { managed } from '../calculations/placement';
import { suggest } from '../problems/nearest';
import { CONTAINER_SECTIONS, containersOf, located, variablesOf, type LocatedVariable } from './located';
import { findingIf, listed } from './finding';
import { defineRule, type Rule } from './rule';

/** The variables that contain part of a role's login. */
export function loginsIn(variables: readonly LocatedVariable[]) {
  return variables.flatMap(({ path, value }) =>
    typeof value === 'object' && 'databaseRole' in value ? [{ path, role: value.databaseRole, key: value.key }] : [],
  );
}

const rolesKnown = defineRule({
  id: 'database-role-known',
  severity: 'refusal',
  summary: 'A database login that a container reads belongs to a declared role.',
  reads: ['database'],
  also: CONTAINER_SECTIONS,
  check: ({ database, ...workloads }) => {
    const roles = Object.keys(database?.roles ?? {});
    const none = database === undefined ? 'no role: the environment has no `database`' : undefined;
    return loginsIn(variablesOf(containersOf(workloads))).flatMap(({ path, role }) =>
      findingIf(
        !roles.includes(role),
        `${path}.databaseRole`,
        role,
        none ?? listed(roles),
        suggest(role, roles, 'declare it in `database.roles`'),
      ),
    );
  },
});

const rotatingUrl = defineRule({
  id: 'rotating-url',
  severity: 'refusal',
  summary: 'A role that rotates is not read as a URL: rotation replaces user and password, not the URL that contains them.',
  reads: ['database'],
  also: CONTAINER_SECTIONS,
  check: ({ database, ...workloads }) =>
    loginsIn(variablesOf(containersOf(workloads))).flatMap(({ path, role, key }) =>
      findingIf(
        key === 'url' && managed(database)?.roles[role]?.rotateAfterDays !== undefined,
        `${path}.key`,
        key,
        '"username" or "password" of a role that rotates',
        `read username and password separately, or remove database.roles.${role}.rotateAfterDays`,
      ),
    ),
});

const rotatingUser = defineRule({
  id: 'rotating-user',
  severity: 'refusal',
  summary: 'A container that reads the password of a role that rotates also reads its user name, which a rotation changes.',
  reads: ['database'],
  also: CONTAINER_SECTIONS,
  check: ({ database, ...workloads }) =>
    containersOf(workloads).flatMap(({ path, value }) => {
      const logins = loginsIn(located(`${path}.environment`, value.environment));
      return logins.flatMap((login) =>
        findingIf(
          login.key === 'password' &&
            managed(database)?.roles[login.role]?.rotateAfterDays !== undefined &&
            !logins.some(({ role, key }) => role === login.role && key === 'username'),
          login.path,
          login.key,
          `the user name too: a rotation alternates between ${login.role} and ${login.role}${CLONE_SUFFIX}`,
          `add a variable { databaseRole: '${login.role}', key: 'username' } and log in with it`,
        ),
      );
    }),
});

const tokenUser = defineRule({
  id: 'token-login-user',
  severity: 'refusal',
  summary: 'Of a role that logs in with IAM tokens, containers read the user name only.',
  reads: ['database'],
  also: CONTAINER_SECTIONS,
  check: ({ database, ...workloads }) =>
    loginsIn(variablesOf(containersOf(workloads))).flatMap(({ path, role, key }) =>
      findingIf(
        key !== 'username' && managed(database)?.roles[role]?.login === 'iam',
        `${path}.key`,
        key,
        '"username" of a role with login "iam", which has no password',
        "read the username, and create a token with the AWS SDK; or choose login: 'password'",
      ),
    ),
});

export const CONNECTION_RULES: readonly Rule[] = [rolesKnown, rotatingUrl, rotatingUser, tokenUser];
