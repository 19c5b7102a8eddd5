/** Database logins by IAM token: a container reads the user name as a fact of the environment, because there is no secret. Pure. */

const PREFIX = 'database.users.';

/** The reference to the user name of a role that logs in with a token. Only containers that have it may log in as the role. */
export type TokenLogin = `${typeof PREFIX}${string}`;

export function tokenLogin(role: string): TokenLogin {
  return `${PREFIX}${role}`;
}

/** The roles that a container may log in as with a token, each once. */
export function tokenRolesOf(references: Readonly<Record<string, string>>): readonly string[] {
  const logins = Object.values(references).filter((reference) => reference.startsWith(PREFIX));
  return [...new Set(logins.map((login) => login.slice(PREFIX.length)))].sort();
}
