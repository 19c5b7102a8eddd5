/** The state store: the bucket, the lock table and the key that every other stack's backend names. */
import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import { accountAdministers, createKey } from '../encryption/key';
import { Bucket } from '../storage/bucket';
import { ABORTED_UPLOAD_DAYS } from '../storage/bucket-lifecycle';

export interface StateKeyProps {
  /** `alias/h2o-terraform-state`: what the backends of all stacks name. */
  readonly alias: string;
  /** The ARN of the account's root; IAM policies of the account decide who uses the key. */
  readonly accountRoot: string;
}

/** The key that encrypts states and locks. */
export class StateKey extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, { alias, accountRoot }: StateKeyProps) {
    super(scope, id);
    this.arn = createKey(this, {
      alias,
      description: 'Terraform states and their locks',
      statements: [accountAdministers(accountRoot)],
      protect: true,
    }).arn;
  }
}

export interface StateBucketProps {
  readonly name: string;
  readonly keyArn: string;
  /** Days for which an overwritten state can be restored. */
  readonly oldVersionsDays: number;
}

/** The bucket of all states. Versioned: an overwritten state can be restored. */
export class StateBucket extends Bucket {
  constructor(scope: Construct, id: string, { name, keyArn, oldVersionsDays }: StateBucketProps) {
    super(scope, id, {
      name,
      encryption: 'kms',
      keyArn,
      versioning: true,
      protect: true,
      lifecycle: [
        {
          id: 'old-versions',
          status: 'Enabled',
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays: oldVersionsDays }],
          // Each release of a lock file leaves a delete marker.
          expiration: [{ expiredObjectDeleteMarker: true }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORTED_UPLOAD_DAYS }],
        },
      ],
    });
  }
}

export interface LockTableProps {
  readonly name: string;
  readonly keyArn: string;
}

/** The table whose items lock states. Billed per request: a few cents a year. */
export class LockTable extends Construct {
  constructor(scope: Construct, id: string, { name, keyArn }: LockTableProps) {
    super(scope, id);
    new DynamodbTable(this, 'table', {
      name,
      billingMode: 'PAY_PER_REQUEST',
      // Terraform's S3 backend requires exactly this key.
      hashKey: 'LockID',
      attribute: [{ name: 'LockID', type: 'S' }],
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
      serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
      lifecycle: { preventDestroy: true },
    });
  }
}
