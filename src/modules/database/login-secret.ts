/**
 * A database login in Secrets Manager: the JSON that AWS's rotation functions, RDS's own secrets and containers all read.
 *
 * Terraform writes it once. When the instance is replaced it writes the login again, because the new instance has neither
 * the rotated password nor the old host.
 */
import type { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import type { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import type { Construct } from 'constructs';
import { PORTS } from '../../config/tables/ports';
import { Secret, type SecretProps } from '../secrets/secret';

/**
 * The number whose change writes a login again, by placement: moving the database from the box to RDS changes host and port
 * of every login at the same address in state.
 */
export const LOGIN_VERSION = { host: 1, managed: 2 } as const;

export interface LoginSecretProps extends SecretProps {
  readonly login: Login;
  readonly version: number;
  /** The instance that the login is for; replacing it writes the login again. Left out for a database on the host. */
  readonly instance?: DbInstance;
}

/** A login and where it is used. */
export interface Login {
  readonly username: string;
  /** A reference to an ephemeral value of letters and digits. */
  readonly password: string;
  readonly host: string;
  readonly database: string;
  /** Whether the JSON also holds one whole URL. */
  readonly holdsUrl: boolean;
  /** `require` on RDS, `disable` between containers of one host. */
  readonly sslMode: 'require' | 'disable';
  /** The secret with which the function for alternating users logs in. Left out for the master, and where RDS keeps its login. */
  readonly masterSecretArn?: string;
}

/** The secret with the version that Terraform writes. */
export class LoginSecret extends Secret {
  public readonly version: SecretsmanagerSecretVersion;

  constructor(scope: Construct, id: string, props: LoginSecretProps) {
    super(scope, id, props);
    const { login, version, instance } = props;
    this.version = this.createFirstValue({ text: loginJson(login), version, replacedWith: instance });
  }
}

/** A Terraform template: password and host hold no character that JSON or a URL would have to escape. */
function loginJson({ username, password, host, database, holdsUrl, sslMode, masterSecretArn }: Login): string {
  const port = PORTS.postgres;
  return JSON.stringify({
    engine: 'postgres',
    host,
    port,
    dbname: database,
    username,
    password,
    ...(masterSecretArn === undefined ? {} : { masterarn: masterSecretArn }),
    ...(holdsUrl ? { url: `postgresql://${username}:${password}@${host}:${port}/${database}?sslmode=${sslMode}` } : {}),
  });
}
