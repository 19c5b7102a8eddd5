/** One secret of Secrets Manager. Terraform makes its frame; its value is put by a person or written once, unseen. */
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { SecretsmanagerSecretRotation } from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { shortHash } from '../../config/names';
import type { ResolvedSecret } from '../../config/resolved/environment';
import { ephemeralPassword } from '../../terraform/ephemeral-password';
import { keepWhenProtected } from '../../terraform/lifecycle';

/** Days in which a deleted secret can be called back: AWS's longest, and its shortest. */
const RECOVERY_DAYS = { kept: 30, disposable: 7 } as const;

/** The value is written when this number changes, and never again otherwise. */
const WRITTEN_ONCE = 1;

/**
 * A label that stays on the value that was written here. A version without any is deprecated once a person or a rotation
 * has put two newer ones, and can vanish; Terraform would miss it and write a new random value over the current one.
 */
const WRITTEN_BY_TERRAFORM = 'INITIAL';

export interface SecretProps extends Omit<ResolvedSecret, 'readers'> {
  /** The environment's key; without one, the AWS-managed key of Secrets Manager. */
  readonly keyArn?: string;
  /** `prevent_destroy` and the longest recovery window. */
  readonly protect: boolean;
}

/** A secret, by name. */
export class Secret extends Construct {
  public readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SecretProps,
  ) {
    super(scope, id);
    const { name, description, keyArn, protect } = props;
    const secret = new SecretsmanagerSecret(this, 'secret', {
      name,
      description,
      kmsKeyId: keyArn,
      recoveryWindowInDays: protect ? RECOVERY_DAYS.kept : RECOVERY_DAYS.disposable,
      lifecycle: keepWhenProtected(protect),
    });
    this.arn = secret.arn;
    const written = props.value === 'generated' ? [this.writeValue(secret.id)] : [];
    this.rotate(secret.id, written);
  }

  /** Each JSON key gets a random value of its own. */
  private writeValue(secretId: string): ITerraformDependable {
    const { key, keys } = this.props;
    const random = (name: string) => ephemeralPassword(this, name);
    const secretStringWo =
      keys === undefined
        ? random(`secret-${key}`)
        : JSON.stringify(Object.fromEntries(keys.map((jsonKey) => [jsonKey, random(`secret-${key}_${identifierOf(jsonKey)}`)])));
    return new SecretsmanagerSecretVersion(this, 'value', {
      secretId,
      secretStringWo,
      secretStringWoVersion: WRITTEN_ONCE,
      versionStages: ['AWSCURRENT', WRITTEN_BY_TERRAFORM],
      lifecycle: { ignoreChanges: ['version_stages'] },
    });
  }

  /** A secret that a person has yet to fill cannot be rotated at once. */
  private rotate(secretId: string, written: readonly ITerraformDependable[]): void {
    const { rotation, value } = this.props;
    if (rotation === undefined) return;
    new SecretsmanagerSecretRotation(this, 'rotation', {
      secretId,
      rotationLambdaArn: rotation.functionArn,
      rotationRules: { automaticallyAfterDays: rotation.afterDays },
      rotateImmediately: value === 'generated',
      dependsOn: [...written],
    });
  }
}

/** A JSON key as part of a Terraform identifier; two keys never become one. */
function identifierOf(jsonKey: string): string {
  const identifier = jsonKey.replace(/[^A-Za-z0-9_-]/g, '-');
  return identifier === jsonKey ? identifier : `${identifier}-${shortHash(jsonKey)}`;
}
