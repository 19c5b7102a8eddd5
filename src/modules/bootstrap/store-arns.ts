/**
 * ARNs and names inside a state store, composed rather than read from resources: a permissions boundary names the roles that
 * carry it, and references would form a cycle. Pure.
 */
import { auditBucketName, auditTrailName, planRoleName } from '../../config/names';

export interface StoreArnsProps {
  /** The store's name, which names its plan role. */
  readonly storeName: string;
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly lockTable: string;
}

/** The issuer of GitHub's tokens, as IAM names it. */
export const GITHUB_ISSUER = 'token.actions.githubusercontent.com';

export interface StoreArns {
  readonly account: string;
  readonly accountRoot: string;
  readonly region: string;
  readonly bucketName: string;
  readonly bucket: string;
  readonly lockTable: string;
  readonly planRoleName: string;
  /** The account's audit trail, where bootstrap creates it. */
  readonly trailName: string;
  readonly trail: string;
  readonly trailBucketName: string;
  readonly trailBucket: string;
}

export function storeArns({ storeName, account, region, bucket, lockTable }: StoreArnsProps): StoreArns {
  const trailName = auditTrailName(storeName);
  // Named after the state bucket, because bucket names are globally unique.
  const trailBucketName = auditBucketName(bucket);
  return {
    account,
    accountRoot: `arn:aws:iam::${account}:root`,
    region,
    bucketName: bucket,
    bucket: `arn:aws:s3:::${bucket}`,
    lockTable: `arn:aws:dynamodb:${region}:${account}:table/${lockTable}`,
    planRoleName: planRoleName(storeName),
    trailName,
    trail: `arn:aws:cloudtrail:${region}:${account}:trail/${trailName}`,
    trailBucketName,
    trailBucket: `arn:aws:s3:::${trailBucketName}`,
  };
}
