/**
 * A database login in Secrets Manager: the JSON that AWS's rotation functions, RDS's own secrets and containers all read.
 *
 * Terraform writes it once and does not look again. Three things follow for the life of a rotated secret:
 * - The version it wrote keeps the staging label `INITIAL`. A version without any label is deprecated: it can vanish,
 *   Terraform would miss it, write a new password, and lock the applications out.
 * - Labels that rotation moves are not heeded (`ignore_changes`).
 * - When the instance is replaced, the login is written anew (`replace_triggered_by`): the new instance knows neither the
 *   rotated password nor the old host.
 */
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import type { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { Construct } from 'constructs';
import { PORTS } from '../../config/tables/ports';
import { keepWhenProtected, replacementOf } from '../../terraform/lifecycle';

/** Days in which a deleted secret can be called back: AWS's longest, and its shortest. */
const RECOVERY_DAYS = { kept: 30, disposable: 7 } as const;

/** The staging label that keeps the version Terraform wrote from being deprecated. */
const WRITTEN_BY_TERRAFORM = 'INITIAL';

/**
 * The number whose change writes a login anew, by where the database stands: moving it from the box to RDS changes host
 * and port of every login, and the same address in state then holds the new ones.
 */
export const LOGIN_VERSION = { host: 1, managed: 2 } as const;

export interface LoginSecretProps {
  /** The Secrets Manager name. */
  readonly name: string;
  readonly description: string;
  readonly keyArn?: string;
  readonly protect: boolean;
  readonly login: Login;
  readonly version: number;
  /** The instance that the login is for; replacing it writes the login anew. Without one, the database is on the host. */
  readonly instance?: DbInstance;
}

/** Who logs in where. */
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
}

/** The secret and the version that Terraform writes. */
export class LoginSecret extends Construct {
  public readonly arn: string;
  public readonly version: SecretsmanagerSecretVersion;

  constructor(scope: Construct, id: string, props: LoginSecretProps) {
    super(scope, id);
    const { instance } = props;
    const secret = createSecret(this, 'secret', props);
    this.arn = secret.arn;
    this.version = new SecretsmanagerSecretVersion(this, 'value', {
      secretId: secret.id,
      secretStringWo: loginJson(props.login),
      secretStringWoVersion: props.version,
      versionStages: ['AWSCURRENT', WRITTEN_BY_TERRAFORM],
      lifecycle: {
        ignoreChanges: ['version_stages'],
        replaceTriggeredBy: instance && [replacementOf(instance)],
      },
    });
  }
}

/** The frame of a secret. */
export function createSecret(
  scope: Construct,
  id: string,
  { name, description, keyArn, protect }: Pick<LoginSecretProps, 'name' | 'description' | 'keyArn' | 'protect'>,
): SecretsmanagerSecret {
  return new SecretsmanagerSecret(scope, id, {
    name,
    description,
    kmsKeyId: keyArn,
    recoveryWindowInDays: protect ? RECOVERY_DAYS.kept : RECOVERY_DAYS.disposable,
    lifecycle: keepWhenProtected(protect),
  });
}

/** A template that Terraform fills: password and host hold no character that JSON or a URL would want escaped. */
function loginJson({ username, password, host, database, holdsUrl, sslMode }: Login): string {
  const port = PORTS.postgres;
  return JSON.stringify({
    engine: 'postgres',
    host,
    port,
    dbname: database,
    username,
    password,
    ...(holdsUrl ? { url: `postgresql://${username}:${password}@${host}:${port}/${database}?sslmode=${sslMode}` } : {}),
  });
}
