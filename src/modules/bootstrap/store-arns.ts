/**
 * ARNs and names inside a state store, composed rather than read from resources: the permissions boundary names the roles
 * that carry it, and references would form a cycle. Pure.
 */
import { auditTrailName, fitName, NAME_LIMITS, resourceName, SEED_SECRET_SUFFIX } from '../../config/names';

export interface StoreArnsProps {
  /** The store's name, which names its roles. */
  readonly storeName: string;
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly lockTable: string;
  /** `alias/h2o-terraform-state` */
  readonly keyAlias: string;
}

/** The issuer of GitHub's tokens, as IAM names it. */
export const GITHUB_ISSUER = 'token.actions.githubusercontent.com';

export interface StoreArns {
  readonly accountRoot: string;
  readonly bucket: string;
  /** Every object of the bucket. */
  readonly objects: string;
  /** Bootstrap's own state. */
  readonly ownState: string;
  readonly lockTable: string;
  readonly keyAlias: string;
  readonly githubProvider: string;
  /** First passwords of databases, useless after the first rotation (src/modules/database/master-login.ts). */
  readonly seedSecrets: string;
  readonly planRoleName: string;
  readonly planRole: string;
  readonly applyRoleName: string;
  readonly applyRole: string;
  readonly boundaryName: string;
  readonly boundary: string;
  /** The account's audit trail, where bootstrap creates it. */
  readonly trailName: string;
  readonly trail: string;
  readonly trailBucketName: string;
  readonly trailBucket: string;
}

export function storeArns({ storeName, account, region, bucket, lockTable, keyAlias }: StoreArnsProps): StoreArns {
  const iam = (path: string) => `arn:aws:iam::${account}:${path}`;
  const planRoleName = resourceName(storeName, 'terraform-plan', 'iamRole');
  const applyRoleName = resourceName(storeName, 'terraform-apply', 'iamRole');
  const boundaryName = `${storeName}-terraform-boundary`;
  const trailName = auditTrailName(storeName);
  // Named after the state bucket, because bucket names are globally unique.
  const trailBucketName = fitName(`${bucket}-audit`, NAME_LIMITS.s3Bucket);
  return {
    accountRoot: iam('root'),
    bucket: `arn:aws:s3:::${bucket}`,
    objects: `arn:aws:s3:::${bucket}/*`,
    ownState: `arn:aws:s3:::${bucket}/bootstrap/*`,
    lockTable: `arn:aws:dynamodb:${region}:${account}:table/${lockTable}`,
    keyAlias: `arn:aws:kms:${region}:${account}:${keyAlias}`,
    githubProvider: iam(`oidc-provider/${GITHUB_ISSUER}`),
    // Secrets Manager appends a hyphen and six characters to each name.
    seedSecrets: `arn:aws:secretsmanager:*:${account}:secret:*${SEED_SECRET_SUFFIX}-??????`,
    planRoleName,
    planRole: iam(`role/${planRoleName}`),
    applyRoleName,
    applyRole: iam(`role/${applyRoleName}`),
    boundaryName,
    boundary: iam(`policy/${boundaryName}`),
    trailName,
    trail: `arn:aws:cloudtrail:${region}:${account}:trail/${trailName}`,
    trailBucketName,
    trailBucket: `arn:aws:s3:::${trailBucketName}`,
  };
}
