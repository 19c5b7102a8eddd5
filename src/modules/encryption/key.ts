/** A customer-managed KMS key with its alias. */
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import type { Construct } from 'constructs';
import { keepWhenProtected } from '../../terraform/lifecycle';
import { policyJson, type Statement } from '../iam/policy';

/** AWS's longest, in days: nothing that a deleted key encrypted can be read again. */
const DELETION_WINDOW_DAYS = 30;

export interface KeyProps {
  /** With `alias/`. */
  readonly alias: string;
  readonly description: string;
  /** The key policy. It must let the account administer the key: a key without an administrator cannot be changed again. */
  readonly statements: readonly Statement[];
  /** @default the provider's */
  readonly region?: string;
  /** `prevent_destroy`. */
  readonly protect: boolean;
}

/** A symmetric key, rotated by AWS every year, as `key` and `alias` of the scope. */
export function createKey(scope: Construct, { alias, description, statements, region, protect }: KeyProps): KmsKey {
  const key = new KmsKey(scope, 'key', {
    description,
    enableKeyRotation: true,
    deletionWindowInDays: DELETION_WINDOW_DAYS,
    policy: policyJson(statements),
    region,
    lifecycle: keepWhenProtected(protect),
  });
  new KmsAlias(scope, 'alias', { name: alias, targetKeyId: key.keyId, region });
  return key;
}

/** Leaves access to the account's IAM policies. */
export function accountAdministers(accountRoot: string): Statement {
  return { sid: 'AccountAdministers', actions: ['kms:*'], resources: ['*'], principals: { AWS: [accountRoot] } };
}
