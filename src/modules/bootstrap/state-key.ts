/** The key that encrypts states and locks. */
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { policyJson } from '../iam/policy';

export interface StateKeyProps {
  /** `alias/h2o-terraform-state`: what the backends of all stacks name. */
  readonly alias: string;
  /** The account itself, whose IAM policies then say who uses the key. */
  readonly accountRoot: string;
}

/** Days in which a deleted key can be called back; AWS's longest, because without the key every state is lost. */
const DELETION_WINDOW_DAYS = 30;

/** A customer-managed key, rotated yearly by AWS, never destroyed by Terraform. */
export class StateKey extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, { alias, accountRoot }: StateKeyProps) {
    super(scope, id);
    const key = new KmsKey(this, 'key', {
      description: 'Terraform states and their locks',
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: policyJson([
        { sid: 'AccountAdministers', actions: ['kms:*'], resources: ['*'], principals: { AWS: [accountRoot] } },
      ]),
      lifecycle: { preventDestroy: true },
    });
    new KmsAlias(this, 'alias', { name: alias, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}
