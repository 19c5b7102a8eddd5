/** The bucket of audit logs: locked, so that not even whoever may delete objects can delete one before its time. */
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketObjectLockConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { policyJson } from '../iam/policy';

/** Days after which the parts of an upload that broke off are thrown away. */
const ABORTED_UPLOAD_DAYS = 7;

export interface AuditBucketProps {
  readonly name: string;
  readonly arn: string;
  /** The only trail that may write here. */
  readonly trailArn: string;
  readonly keyArn: string;
  readonly account: string;
  /** Days that a log is locked; afterwards it is deleted. */
  readonly retentionDays: number;
}

/** Locked in governance mode: lifting the lock needs `s3:BypassGovernanceRetention`, which the pipeline's boundary refuses. */
export class AuditBucket extends Construct {
  public readonly name: string;
  /** What must be there before the trail writes. */
  public readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AuditBucketProps,
  ) {
    super(scope, id);
    const bucket = new S3Bucket(this, 'bucket', {
      bucket: props.name,
      forceDestroy: false,
      // Only at creation: a bucket cannot be locked later.
      objectLockEnabled: true,
      lifecycle: { preventDestroy: true },
    });
    this.name = bucket.id;
    this.lock();
    this.encrypt();
    this.ready = [this.close()];
  }

  private lock(): void {
    const { retentionDays: days } = this.props;
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket: this.name,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketObjectLockConfigurationA(this, 'lock', {
      bucket: this.name,
      rule: { defaultRetention: { mode: 'GOVERNANCE', days } },
      dependsOn: [versioning],
    });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: this.name,
      rule: [
        {
          id: 'after-retention',
          status: 'Enabled',
          filter: [{}],
          expiration: [{ days: days + 1 }],
          noncurrentVersionExpiration: [{ noncurrentDays: 1 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORTED_UPLOAD_DAYS }],
        },
      ],
      dependsOn: [versioning],
    });
  }

  private encrypt(): void {
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: this.name,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.props.keyArn },
          bucketKeyEnabled: true,
        },
      ],
    });
  }

  /** Source of the two grants: AWS CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail". */
  private close(): S3BucketPolicy {
    const { arn, trailArn, account } = this.props;
    const ownership = new S3BucketOwnershipControls(this, 'ownership', {
      bucket: this.name,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    const block = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket: this.name,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const trail = { Service: ['cloudtrail.amazonaws.com'] };
    const ours = { 'aws:SourceArn': trailArn };
    return new S3BucketPolicy(this, 'policy', {
      bucket: this.name,
      policy: policyJson([
        {
          sid: 'TlsOnly',
          effect: 'Deny',
          principals: '*',
          actions: ['s3:*'],
          resources: [arn, `${arn}/*`],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          sid: 'TrailLooks',
          actions: ['s3:GetBucketAcl'],
          resources: [arn],
          principals: trail,
          conditions: { StringEquals: ours },
        },
        {
          sid: 'TrailWrites',
          actions: ['s3:PutObject'],
          resources: [`${arn}/AWSLogs/${account}/*`],
          principals: trail,
          conditions: { StringEquals: { ...ours, 's3:x-amz-acl': 'bucket-owner-full-control' } },
        },
      ]),
      // S3 refuses two changes of a bucket's access at once.
      dependsOn: [block, ownership],
    });
  }
}
