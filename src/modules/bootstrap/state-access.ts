/** What a role needs to read states and hold their locks. Pure. */
import type { Statement } from '../iam/policy';
import type { StoreArns } from './store-arns';

export interface StateAccessProps {
  readonly arns: Pick<StoreArns, 'bucket' | 'objects' | 'lockTable'>;
  readonly keyArn: string;
  readonly lock: 'dynamodb' | 's3' | 'both';
}

/** Reads every state of the store and writes locks, but no state: a plan never writes one. */
export function readStatesAndLock({ arns, keyArn, lock }: StateAccessProps): readonly Statement[] {
  const lockTable: Statement = {
    sid: 'LockInTable',
    actions: ['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
    resources: [arns.lockTable],
  };
  const lockFile: Statement = {
    sid: 'LockInBucket',
    actions: ['s3:PutObject', 's3:DeleteObject'],
    resources: [`${arns.objects}.tflock`],
  };
  return [
    { sid: 'FindStates', actions: ['s3:ListBucket'], resources: [arns.bucket] },
    { sid: 'ReadStates', actions: ['s3:GetObject'], resources: [arns.objects] },
    { sid: 'DecryptStates', actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'], resources: [keyArn] },
    ...(lock === 's3' ? [] : [lockTable]),
    ...(lock === 'dynamodb' ? [] : [lockFile]),
  ];
}
