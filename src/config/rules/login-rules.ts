/** Rules about the logins of applications: how they authenticate, and how they rotate. */
import { CLONE_SUFFIX } from '../calculations/database-roles-sql';
import { managed } from '../calculations/placement';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

/** The longest identifier in PostgreSQL. Source: PostgreSQL, "Identifiers and Key Words". */
const LONGEST_IDENTIFIER = 63;

const rotatingCredentials = defineRule({
  id: 'rotating-credentials',
  severity: 'refusal',
  summary:
    "Where a role rotates, the master has a rotated secret: the rotation function logs in with it and cannot use RDS's own.",
  reads: ['database'],
  check: ({ database }) => {
    const { credentials, roles = {} } = managed(database) ?? {};
    const rotating = Object.entries(roles).find(([, { rotateAfterDays }]) => rotateAfterDays !== undefined);
    return findingIf(
      rotating !== undefined && credentials?.kind === 'rds-managed',
      'database.credentials.kind',
      credentials?.kind,
      `"rotated-secret" while database.roles.${rotating?.[0]} rotates`,
      `set credentials: { kind: 'rotated-secret', rotateAfterDays: 90 }, or remove database.roles.${rotating?.[0]}.rotateAfterDays`,
    );
  },
});

const cloneNames = defineRule({
  id: 'clone-names',
  severity: 'refusal',
  summary: `A rotation can name the second user of a role <role>${CLONE_SUFFIX}.`,
  reads: ['database'],
  check: ({ database }) =>
    Object.entries(managed(database)?.roles ?? {}).flatMap(([role, { rotateAfterDays }]) => [
      ...findingIf(
        role.endsWith(CLONE_SUFFIX),
        `database.roles.${role}`,
        role,
        `a name that does not end with ${CLONE_SUFFIX}: a rotation would take it for the second user of another role`,
        'rename the role',
      ),
      ...findingIf(
        rotateAfterDays !== undefined && role.length + CLONE_SUFFIX.length > LONGEST_IDENTIFIER,
        `database.roles.${role}`,
        role,
        `at most ${LONGEST_IDENTIFIER - CLONE_SUFFIX.length} characters for a role that rotates`,
        'choose a shorter name, or remove rotateAfterDays',
      ),
    ]),
});

const tokenLogins = defineRule({
  id: 'token-logins',
  severity: 'refusal',
  summary: 'A role that logs in with IAM tokens is in a database that accepts them, and has no password to keep or to rotate.',
  reads: ['database'],
  check: ({ database }) => {
    const { iamAuthentication, roles = {} } = managed(database) ?? {};
    return Object.entries(roles).flatMap(([role, { login, secretName, rotateAfterDays }]) => {
      if (login !== 'iam') return [];
      const path = `database.roles.${role}`;
      const fix = "remove it: tokens are valid for 15 minutes and are in no secret; or choose login: 'password'";
      return [
        ...findingIf(
          iamAuthentication !== true,
          `${path}.login`,
          login,
          '"iam" only with database.iamAuthentication',
          "set database.iamAuthentication to true, or choose login: 'password'",
        ),
        ...findingIf(secretName !== undefined, `${path}.secretName`, secretName, 'no secretName with login "iam"', fix),
        ...findingIf(
          rotateAfterDays !== undefined,
          `${path}.rotateAfterDays`,
          rotateAfterDays,
          'no rotation with login "iam"',
          fix,
        ),
      ];
    });
  },
});

export const LOGIN_RULES: readonly Rule[] = [rotatingCredentials, cloneNames, tokenLogins];
