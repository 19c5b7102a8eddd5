/** The KMS key that encrypts the data of one environment. */
import { Construct } from 'constructs';
import type { Statement } from '../iam/policy';
import { accountAdministers, createKey } from './key';

export interface EnvironmentKeyProps {
  /** The alias without `alias/`. */
  readonly alias: string;
  readonly description: string;
  readonly accountId: string;
  /** The region of the data. */
  readonly region: string;
  /** `prevent_destroy`. */
  readonly protect: boolean;
  /** ARNs of the buckets that send messages into queues under this key. @default none */
  readonly notifyingBuckets?: readonly string[];
}

/** A key that identities of the account use through their own IAM policies. */
export class EnvironmentKey extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: EnvironmentKeyProps) {
    super(scope, id);
    this.arn = createKey(this, { ...props, alias: `alias/${props.alias}`, statements: keyStatements(props) }).arn;
  }
}

/**
 * Databases, buckets, file systems, secrets, images and backups use the key on behalf of their caller, so the account's
 * statement covers them. Log groups, alarms and messages of buckets have no caller and need statements.
 */
function keyStatements({ accountId, region, notifyingBuckets = [] }: EnvironmentKeyProps): readonly Statement[] {
  return [
    { ...accountAdministers(`arn:aws:iam::${accountId}:root`), sid: 'AccountUsesIam' },
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
    ...(notifyingBuckets.length === 0 ? [] : [bucketMessages(accountId, notifyingBuckets)]),
  ];
}

/** Source: Amazon S3 user guide, "Granting permissions to publish event notification messages to a destination". */
function bucketMessages(accountId: string, buckets: readonly string[]): Statement {
  return {
    sid: 'BucketsSendToEncryptedQueues',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
    principals: { Service: ['s3.amazonaws.com'] },
    conditions: { StringEquals: { 'aws:SourceAccount': accountId }, ArnEquals: { 'aws:SourceArn': buckets } },
  };
}
