/** The account's audit trail: every call to AWS, in every region, in a bucket that nobody can tidy up. */
import { Cloudtrail } from '@cdktf/provider-aws/lib/cloudtrail';
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { policyJson, type Statement } from '../iam/policy';
import { AuditBucket } from './audit-bucket';
import type { StoreArns } from './store-arns';

/** Days in which a deleted key can be called back; AWS's longest, because without the key no log can be read. */
const DELETION_WINDOW_DAYS = 30;

export interface AuditTrailProps {
  /** Days that nobody can delete a log in. */
  readonly retentionDays: number;
  readonly account: string;
  readonly arns: Pick<StoreArns, 'accountRoot' | 'trailName' | 'trail' | 'trailBucketName' | 'trailBucket'>;
}

/** A multi-region trail with digests that prove that no log was changed. */
export class AuditTrail extends Construct {
  public readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AuditTrailProps,
  ) {
    super(scope, id);
    const { retentionDays, account, arns } = props;
    const key = this.key();
    const bucket = new AuditBucket(this, 'logs', {
      name: arns.trailBucketName,
      arn: arns.trailBucket,
      trailArn: arns.trail,
      keyArn: key.arn,
      account,
      retentionDays,
    });
    const trail = new Cloudtrail(this, 'trail', {
      name: arns.trailName,
      s3BucketName: bucket.name,
      kmsKeyId: key.arn,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      enableLogging: true,
      lifecycle: { preventDestroy: true },
      // CloudTrail writes a first object when it is made.
      dependsOn: [...bucket.ready],
    });
    this.arn = trail.arn;
  }

  private key(): KmsKey {
    const { trailName } = this.props.arns;
    const key = new KmsKey(this, 'key', {
      description: 'Audit logs of the account',
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: policyJson(this.keyStatements()),
      lifecycle: { preventDestroy: true },
    });
    new KmsAlias(this, 'alias', { name: `alias/${trailName}`, targetKeyId: key.keyId });
    return key;
  }

  /** Source: AWS CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail". */
  private keyStatements(): readonly Statement[] {
    const { arns, account } = this.props;
    const service = { Service: ['cloudtrail.amazonaws.com'] };
    const ours = { 'aws:SourceArn': arns.trail };
    return [
      { sid: 'AccountAdministers', actions: ['kms:*'], resources: ['*'], principals: { AWS: [arns.accountRoot] } },
      {
        sid: 'TrailEncrypts',
        actions: ['kms:GenerateDataKey*'],
        resources: ['*'],
        principals: service,
        conditions: {
          StringEquals: ours,
          StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': `arn:aws:cloudtrail:*:${account}:trail/*` },
        },
      },
      {
        sid: 'TrailLooksAtKey',
        actions: ['kms:DescribeKey'],
        resources: ['*'],
        principals: service,
        conditions: { StringEquals: ours },
      },
    ];
  }
}
