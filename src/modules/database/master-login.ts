/**
 * The two ways a managed database gets its master password; in neither does Terraform keep it.
 *
 * `rds-managed`: RDS makes the password, keeps it in a secret of its own, and rotates it.
 *
 * `rotated-secret`: a secret of ours. Its JSON must name the host, which RDS says only once the instance is there, while
 * the instance wants its password before. So the password passes through a second, small secret:
 *
 *     random value -> seed secret -> read back -+-> password_wo of the instance -+
 *     (ephemeral)    (write-only)  (ephemeral)  |                                v
 *                                               +-> login secret: password, and the host of the instance -> rotation
 *
 * An apply that breaks anywhere between can be repeated: the seed was written once and is read back, never drawn again, so
 * instance and login secret agree. The random value is drawn in every run and used only in the first. Plans stay empty:
 * write-only arguments are compared by their version numbers alone. The first rotation follows at once, so the seed, which
 * is the one value that a plan has to read, opens nothing from then on.
 */
import type { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { SecretsmanagerSecretRotation } from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import { Construct } from 'constructs';
import { SEED_SECRET_SUFFIX } from '../../config/names';
import type { ManagedDatabase } from '../../config/resolved/environment';
import { ephemeralPassword } from '../../terraform/ephemeral-password';
import { ephemeralSecret } from '../../terraform/ephemeral-secret';
import { createSecret } from '../secrets/secret';
import { LOGIN_VERSION, LoginSecret } from './login-secret';
import { MASTER_USERNAME, type PrimaryProps } from './primary';
import type { RotationFunction } from './rotation-function';

/** The seed is written and set once: another number would give the running database another password than its login has. */
const SEED_VERSION = 1;

export interface MasterLoginProps {
  readonly database: ManagedDatabase;
  readonly keyArn?: string;
  readonly protect: boolean;
}

/** A way to the master password. */
export interface MasterLogin {
  /** Arguments of the instance. */
  readonly password: PrimaryProps['password'];
  /** Once the instance is there: writes what depends on it. Returns the ARN of the secret that holds the login. */
  readonly publish: (primary: DbInstance, rotation: RotationFunction | undefined) => string;
}

/** The way the environment asks for. */
export function masterLogin(scope: Construct, props: MasterLoginProps): MasterLogin {
  const { credentials } = props.database;
  switch (credentials.kind) {
    case 'rds-managed':
      return managedByRds(scope, props);
    case 'rotated-secret':
      return new RotatedMaster(scope, 'master', { ...props, credentials });
  }
}

function managedByRds(scope: Construct, { database, keyArn }: MasterLoginProps): MasterLogin {
  return {
    password: { manageMasterUserPassword: true, masterUserSecretKmsKeyId: keyArn },
    publish: ({ masterUserSecret }) => {
      const { secretArn } = masterUserSecret.get(0);
      // No function: RDS rotates, and takes only the number of days from here.
      new SecretsmanagerSecretRotation(scope, 'master-rotation', {
        secretId: secretArn,
        rotationRules: { automaticallyAfterDays: database.credentials.rotateAfterDays },
      });
      return secretArn;
    },
  };
}

type RotatedCredentials = Extract<ManagedDatabase['credentials'], { readonly kind: 'rotated-secret' }>;

/** The master login in a secret of ours. */
class RotatedMaster extends Construct implements MasterLogin {
  public readonly password: MasterLogin['password'];
  private readonly seed: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MasterLoginProps & { readonly credentials: RotatedCredentials },
  ) {
    super(scope, id);
    this.seed = this.plantSeed();
    this.password = { passwordWo: this.seed, passwordWoVersion: SEED_VERSION };
  }

  public readonly publish: MasterLogin['publish'] = (primary, rotation) => {
    const { database, credentials, keyArn, protect } = this.props;
    const { arn, version } = new LoginSecret(this, 'login', {
      name: credentials.secretName,
      description: 'Master login of the database: only database-init reads it',
      keyArn,
      protect,
      login: {
        username: MASTER_USERNAME,
        password: this.seed,
        host: primary.address,
        database: database.name,
        holdsUrl: false,
        sslMode: 'require',
      },
      version: LOGIN_VERSION.managed,
      instance: primary,
    });
    rotation?.rotate(this, {
      secretArn: arn,
      login: version,
      afterDays: credentials.rotateAfterDays,
      immediately: true,
    });
    return arn;
  };

  private plantSeed(): string {
    const { credentials, keyArn, protect } = this.props;
    const secret = createSecret(this, 'seed', {
      name: `${credentials.secretName}${SEED_SECRET_SUFFIX}`,
      description: 'First master password, replaced by rotation within minutes; Terraform reads it back while it runs',
      keyArn,
      protect,
    });
    const version = new SecretsmanagerSecretVersion(this, 'seed-value', {
      secretId: secret.id,
      secretStringWo: ephemeralPassword(this, 'database-master'),
      secretStringWoVersion: SEED_VERSION,
    });
    return ephemeralSecret(this, 'database-master', version);
  }
}
