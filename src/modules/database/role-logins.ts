/** The secrets with which applications log in to the database. */
import type { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import type { Construct } from 'constructs';
import { rotationSchedule } from '../../config/calculations/rotation-schedule';
import type { ManagedDatabase, ResolvedDatabase } from '../../config/resolved/environment';
import { required } from '../../contracts/lookups';
import { ephemeralPassword } from '../../terraform/ephemeral-password';
import { LOGIN_VERSION, LoginSecret, type Login } from './login-secret';
import type { SecretProps } from '../secrets/secret';
import type { RotationFunctions } from './rotation-functions';

export interface RoleLoginsProps extends Pick<Login, 'host' | 'sslMode' | 'masterSecretArn'>, Pick<SecretProps, 'isRecreated'> {
  readonly database: Pick<ResolvedDatabase, 'placement' | 'name' | 'roles'>;
  readonly keyArn?: string;
  readonly protect: boolean;
  /** The instance that the logins are for; without one, the database is on the host. */
  readonly instance?: DbInstance;
}

/**
 * Creates a secret for every role that logs in with a password.
 * @returns role name to the ARN of its secret
 */
export function createRoleLogins(scope: Construct, props: RoleLoginsProps): Readonly<Record<string, string>> {
  return Object.fromEntries(props.database.roles.map((role) => [role.name, createRoleLogin(scope, props, role).arn]));
}

/**
 * The same for a managed database, where roles may rotate.
 * @throws Error when one rotates where RDS keeps the master's login; the rules refuse that earlier
 */
export function createRotatedRoleLogins(
  scope: Construct,
  props: RoleLoginsProps & { readonly database: ManagedDatabase },
  rotation: RotationFunctions | undefined,
): Readonly<Record<string, string>> {
  const { database, masterSecretArn } = props;
  const entries = database.roles.map((role) => {
    const secret = createRoleLogin(scope, props, role);
    if (role.rotateAfterDays !== undefined) {
      required(rotation, `the function that rotates the login of ${role.name}`).rotateRole(secret, {
        secretArn: secret.arn,
        login: secret.version,
        schedule: rotationSchedule(role.rotateAfterDays, database.maintenanceWindow),
        masterSecretArn: required(masterSecretArn, 'the secret of the master'),
      });
    }
    return [role.name, secret.arn] as const;
  });
  return Object.fromEntries(entries);
}

function createRoleLogin(
  scope: Construct,
  { database, host, sslMode, masterSecretArn, keyArn, protect, isRecreated, instance }: RoleLoginsProps,
  { name, privileges, secretName, holdsUrl }: ResolvedDatabase['roles'][number],
): LoginSecret {
  return new LoginSecret(scope, `role-${dashed(name)}`, {
    name: secretName,
    description: `Database login ${name} (${privileges})`,
    keyArn,
    protect,
    isRecreated,
    version: LOGIN_VERSION[database.placement],
    login: {
      username: name,
      password: ephemeralPassword(scope, `database-role-${dashed(name)}`),
      host,
      database: database.name,
      holdsUrl,
      sslMode,
      masterSecretArn,
    },
    instance,
  });
}

/** A role's name as part of a construct id; PostgreSQL names have underscores, ids hyphens, and neither has both. */
function dashed(role: string): string {
  return role.replaceAll('_', '-');
}
