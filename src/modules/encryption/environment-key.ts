/** The KMS key that one environment encrypts its data with. */
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { policyJson, type Statement } from '../iam/policy';
import { keepWhenProtected } from '../../terraform/lifecycle';

/** The longest that AWS lets a deleted key be called back, in days: without the key every backup is lost. */
const DELETION_WINDOW_DAYS = 30;

export interface EnvironmentKeyProps {
  /** The alias without `alias/`. */
  readonly alias: string;
  readonly description: string;
  readonly accountId: string;
  /** The region of the data. */
  readonly region: string;
  /** `prevent_destroy`. */
  readonly protect: boolean;
}

/** A symmetric key, rotated every year, that identities of the account use through their own IAM policies. */
export class EnvironmentKey extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: EnvironmentKeyProps) {
    super(scope, id);
    const { alias, description, region, protect } = props;
    const key = new KmsKey(this, 'key', {
      description,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: policyJson(keyPolicy(props)),
      region,
      lifecycle: keepWhenProtected(protect),
    });
    new KmsAlias(this, 'alias', { name: `alias/${alias}`, targetKeyId: key.keyId, region });
    this.arn = key.arn;
  }
}

/**
 * Databases, buckets, file systems, secrets, images and backups use the key in the name of the caller, so the account's
 * statement covers them; log groups and alarms have no caller and are named.
 */
function keyPolicy({ accountId, region }: EnvironmentKeyProps): readonly Statement[] {
  return [
    { sid: 'AccountUsesIam', actions: ['kms:*'], resources: ['*'], principals: { AWS: [`arn:aws:iam::${accountId}:root`] } },
    {
      sid: 'LogGroupsOfThisAccount',
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
      principals: { Service: [`logs.${region}.amazonaws.com`] },
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${accountId}:log-group:*` } },
    },
    {
      sid: 'AlarmsPublishToEncryptedTopics',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      principals: { Service: ['cloudwatch.amazonaws.com'] },
      conditions: { StringEquals: { 'aws:SourceAccount': accountId } },
    },
  ];
}
