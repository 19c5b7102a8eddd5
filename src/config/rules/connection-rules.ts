/** Rules about the database logins that containers read. */
import { managed } from '../calculations/placement';
import { suggest } from '../problems/nearest';
import { CONTAINER_SECTIONS, containersOf, variablesOf, type LocatedVariable } from './located';
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
  summary: 'A role that rotates is not read as a URL: rotation replaces the password, not the URL that contains it.',
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

export const CONNECTION_RULES: readonly Rule[] = [rolesKnown, rotatingUrl];
