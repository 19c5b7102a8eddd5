/**
 * The two ways in which a managed database gets its master password; neither stores it in the state.
 *
 * `rds-managed`: RDS generates the password, keeps it in its own secret, and rotates it.
 *
 * `rotated-secret`: a secret of the environment. Its JSON must name the host, which exists only after the instance, while the
 * instance needs its password at creation. So the password passes through a second secret, the seed:
 *
 *     random value -> seed secret -> read back -+-> password_wo of the instance -+
 *     (ephemeral)    (write-only)  (ephemeral)  |                                v
 *                                               +-> login secret: password, and the host of the instance -> rotation
 *
 * An interrupted apply can be repeated: the seed was written once and is read back, so instance and login secret agree. The
 * random value is generated in every run and used only in the first. Plans stay empty, because write-only arguments are
 * compared by their version numbers alone. The first rotation follows at once and makes the seed useless, which is the one
 * value that every plan has to read.
 */
import type { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { SecretsmanagerSecretRotation } from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import { Construct } from 'constructs';
import { seedSecretName } from '../../config/names';
import type { ManagedDatabase } from '../../config/resolved/environment';
import { ephemeralPassword } from '../../terraform/ephemeral-password';
import { ephemeralSecret } from '../../terraform/ephemeral-secret';
import { createSecret } from '../secrets/secret';
import { LOGIN_VERSION, LoginSecret } from './login-secret';
import { MASTER_USERNAME, type PrimaryProps } from './primary';
import type { RotationFunctions } from './rotation-functions';

/** Never change it: the running database would get another password than its login secret holds. */
const SEED_VERSION = 1;

export interface MasterLoginProps {
  readonly database: ManagedDatabase;
  readonly keyArn?: string;
  readonly protect: boolean;
}

export interface MasterLogin {
  /** Arguments of the instance. */
  readonly password: PrimaryProps['password'];
  /**
   * Creates what depends on the instance.
   * @returns the ARN of the secret that holds the login
   */
  readonly createLogin: (primary: DbInstance, rotation: RotationFunctions | undefined) => string;
}

export function createMasterLogin(scope: Construct, props: MasterLoginProps): MasterLogin {
  const { credentials } = props.database;
  switch (credentials.kind) {
    case 'rds-managed':
      return managedLogin(scope, props);
    case 'rotated-secret':
      return new RotatedLogin(scope, 'master', { ...props, credentials });
  }
}

function managedLogin(scope: Construct, { database, keyArn }: MasterLoginProps): MasterLogin {
  return {
    password: { manageMasterUserPassword: true, masterUserSecretKmsKeyId: keyArn },
    createLogin: ({ masterUserSecret }) => {
      const { secretArn } = masterUserSecret.get(0);
      // Without a function: RDS rotates, and takes only the number of days from here.
      new SecretsmanagerSecretRotation(scope, 'master-rotation', {
        secretId: secretArn,
        rotationRules: { automaticallyAfterDays: database.credentials.rotateAfterDays },
      });
      return secretArn;
    },
  };
}

type RotatedCredentials = Extract<ManagedDatabase['credentials'], { readonly kind: 'rotated-secret' }>;

/** The master login in a secret of the environment. */
class RotatedLogin extends Construct implements MasterLogin {
  public readonly password: MasterLogin['password'];
  private readonly seed: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MasterLoginProps & { readonly credentials: RotatedCredentials },
  ) {
    super(scope, id);
    this.seed = this.createSeed();
    this.password = { passwordWo: this.seed, passwordWoVersion: SEED_VERSION };
  }

  public readonly createLogin: MasterLogin['createLogin'] = (primary, rotation) => {
    const { database, credentials, keyArn, protect } = this.props;
    const { arn, version } = new LoginSecret(this, 'login', {
      name: credentials.secretName,
      description: 'Master login of the database, for database-init and for the rotation of logins',
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
    rotation?.rotateMaster(this, { secretArn: arn, login: version, afterDays: credentials.rotateAfterDays });
    return arn;
  };

  private createSeed(): string {
    const { credentials, keyArn, protect } = this.props;
    const secret = createSecret(this, 'seed', {
      name: seedSecretName(credentials.secretName),
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
