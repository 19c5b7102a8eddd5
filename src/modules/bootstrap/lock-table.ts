/** The table that keeps two Terraform runs off one state. */
import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';

export interface LockTableProps {
  readonly name: string;
  readonly keyArn: string;
}

/** Paid per lock, which comes to nothing; never destroyed by Terraform. */
export class LockTable extends Construct {
  constructor(scope: Construct, id: string, { name, keyArn }: LockTableProps) {
    super(scope, id);
    new DynamodbTable(this, 'table', {
      name,
      billingMode: 'PAY_PER_REQUEST',
      // Terraform's S3 backend asks for exactly this key.
      hashKey: 'LockID',
      attribute: [{ name: 'LockID', type: 'S' }],
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
      serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
      lifecycle: { preventDestroy: true },
    });
  }
}
