/** The account's audit trail: every API call in every region, in a bucket with Object Lock. */
import { Cloudtrail } from '@cdktf/provider-aws/lib/cloudtrail';
import { Construct } from 'constructs';
import { accountAdministers, createKey } from '../encryption/key';
import type { Statement } from '../iam/policy';
import { Bucket } from '../storage/bucket';
import { ABORTED_UPLOAD_DAYS, type LifecycleRule } from '../storage/bucket-lifecycle';
import type { StoreArns } from './store-arns';

const CLOUDTRAIL = { Service: ['cloudtrail.amazonaws.com'] } as const;

export interface AuditTrailProps {
  /** Days for which no log can be deleted; afterwards it is. */
  readonly retentionDays: number;
  readonly account: string;
  readonly arns: Pick<StoreArns, 'accountRoot' | 'trailName' | 'trail' | 'trailBucketName' | 'trailBucket'>;
}

/** A multi-region trail whose digests prove that no log was changed. */
export class AuditTrail extends Construct {
  public readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AuditTrailProps,
  ) {
    super(scope, id);
    const { trailName } = props.arns;
    const key = createKey(this, {
      alias: `alias/${trailName}`,
      description: 'Audit logs of the account',
      statements: this.keyStatements(),
      protect: true,
    });
    const bucket = this.createBucket(key.arn);
    const trail = new Cloudtrail(this, 'trail', {
      name: trailName,
      s3BucketName: bucket.name,
      kmsKeyId: key.arn,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      enableLogging: true,
      lifecycle: { preventDestroy: true },
      // CloudTrail writes a first object when the trail is created.
      dependsOn: [bucket.policy],
    });
    this.arn = trail.arn;
  }

  /** Lifting the lock needs `s3:BypassGovernanceRetention`, which the boundary of the apply role refuses. */
  private createBucket(keyArn: string): Bucket {
    const { arns, retentionDays } = this.props;
    return new Bucket(this, 'logs', {
      name: arns.trailBucketName,
      encryption: 'kms',
      keyArn,
      versioning: true,
      objectLock: { mode: 'governance', days: retentionDays },
      createdWithLock: true,
      lifecycle: [expireAfterLock(retentionDays)],
      protect: true,
      statements: this.deliveryStatements(),
    });
  }

  /** Source: AWS CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail". */
  private deliveryStatements(): readonly Statement[] {
    const { arns, account } = this.props;
    const fromTrail = { 'aws:SourceArn': arns.trail };
    return [
      {
        sid: 'TrailLooks',
        actions: ['s3:GetBucketAcl'],
        resources: [arns.trailBucket],
        principals: CLOUDTRAIL,
        conditions: { StringEquals: fromTrail },
      },
      {
        sid: 'TrailWrites',
        actions: ['s3:PutObject'],
        resources: [`${arns.trailBucket}/AWSLogs/${account}/*`],
        principals: CLOUDTRAIL,
        conditions: { StringEquals: { ...fromTrail, 's3:x-amz-acl': 'bucket-owner-full-control' } },
      },
    ];
  }

  /** Source: AWS CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail". */
  private keyStatements(): readonly Statement[] {
    const { arns, account } = this.props;
    const fromTrail = { 'aws:SourceArn': arns.trail };
    return [
      accountAdministers(arns.accountRoot),
      {
        sid: 'TrailEncrypts',
        actions: ['kms:GenerateDataKey*'],
        resources: ['*'],
        principals: CLOUDTRAIL,
        conditions: {
          StringEquals: fromTrail,
          StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': `arn:aws:cloudtrail:*:${account}:trail/*` },
        },
      },
      {
        sid: 'TrailLooksAtKey',
        actions: ['kms:DescribeKey'],
        resources: ['*'],
        principals: CLOUDTRAIL,
        conditions: { StringEquals: fromTrail },
      },
    ];
  }
}

/** The day after the lock ends a log gets a delete marker, and a day later its version goes too. */
function expireAfterLock(retentionDays: number): LifecycleRule {
  return {
    id: 'after-retention',
    status: 'Enabled',
    filter: [{}],
    expiration: [{ days: retentionDays + 1 }],
    noncurrentVersionExpiration: [{ noncurrentDays: 1 }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORTED_UPLOAD_DAYS }],
  };
}
