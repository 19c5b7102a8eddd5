/** A secret of Secrets Manager. Terraform creates it, and where it writes a value, it does so once, outside plan and state. */
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import type { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { keepWhenProtected, replacementOf } from '../../terraform/lifecycle';

/**
 * Days for which a deleted secret can be restored: AWS's longest, its shortest, and none. While a secret can be restored, another
 * one cannot have its name.
 */
const RECOVERY_DAYS = { protected: 30, disposable: 7, none: 0 } as const;

/**
 * A staging label that stays on the version that Terraform wrote. A version without a label is deprecated and can vanish once
 * a person or a rotation has put newer ones; Terraform would then write its first value again, over the current one.
 */
const WRITTEN_BY_TERRAFORM = 'INITIAL';

export interface SecretProps {
  /** The Secrets Manager name. Changing it replaces the secret. */
  readonly name: string;
  readonly description: string;
  /** The environment's key; without one, the AWS-managed key of Secrets Manager. */
  readonly keyArn?: string;
  /** `prevent_destroy` and the longest recovery window. */
  readonly protect: boolean;
  /** Whether its name is free as soon as it is deleted, because the same one may be created again at once. @default false */
  readonly isRecreated?: boolean;
}

/** A value that Terraform writes once. */
export interface FirstValue {
  /** The value, with references to ephemeral values. */
  readonly text: string;
  /** The value is written again when this number changes. */
  readonly version: number;
  /** The value is written again when this resource is replaced. */
  readonly replacedWith?: TerraformResource;
}

/** A secret without a value. */
export function createSecret(scope: Construct, id: string, props: SecretProps): SecretsmanagerSecret {
  const { name, description, keyArn, protect, isRecreated = false } = props;
  return new SecretsmanagerSecret(scope, id, {
    name,
    description,
    kmsKeyId: keyArn,
    recoveryWindowInDays: RECOVERY_DAYS[protect ? 'protected' : isRecreated ? 'none' : 'disposable'],
    lifecycle: keepWhenProtected(protect),
  });
}

/** A secret whose value is put later, by a person or with `createFirstValue`. */
export class Secret extends Construct {
  public readonly arn: string;
  protected readonly secretId: string;

  constructor(scope: Construct, id: string, props: SecretProps) {
    super(scope, id);
    const secret = createSecret(this, 'secret', props);
    this.arn = secret.arn;
    this.secretId = secret.id;
  }

  /** The labels that a rotation moves are no difference to Terraform (`ignore_changes`). */
  protected createFirstValue({ text, version, replacedWith }: FirstValue): SecretsmanagerSecretVersion {
    return new SecretsmanagerSecretVersion(this, 'value', {
      secretId: this.secretId,
      secretStringWo: text,
      secretStringWoVersion: version,
      versionStages: ['AWSCURRENT', WRITTEN_BY_TERRAFORM],
      lifecycle: {
        ignoreChanges: ['version_stages'],
        replaceTriggeredBy: replacedWith && [replacementOf(replacedWith)],
      },
    });
  }
}
