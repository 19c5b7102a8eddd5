/** The bucket that holds the states of a store's stacks. */
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';
import { policyJson } from '../iam/policy';
import type { StoreArns } from './store-arns';

export interface StateBucketProps {
  readonly name: string;
  readonly keyArn: string;
  /** How long an overwritten state can be fetched back. */
  readonly oldVersionsDays: number;
  readonly arns: Pick<StoreArns, 'bucket' | 'objects'>;
}

/** Days after which the parts of an upload that broke off are thrown away. */
const ABORTED_UPLOAD_DAYS = 7;

/** Versioned, encrypted with the store's key, private, reached only over TLS, never destroyed by Terraform. */
export class StateBucket extends Construct {
  private readonly bucket: S3Bucket;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: StateBucketProps,
  ) {
    super(scope, id);
    this.bucket = new S3Bucket(this, 'bucket', { bucket: props.name, forceDestroy: false, lifecycle: { preventDestroy: true } });
    this.keepOldVersions();
    this.encrypt();
    this.close();
  }

  private keepOldVersions(): void {
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket: this.bucket.id,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: this.bucket.id,
      rule: [
        {
          id: 'old-versions',
          status: 'Enabled',
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays: this.props.oldVersionsDays }],
          // A lock file leaves a delete marker behind each time it is released.
          expiration: [{ expiredObjectDeleteMarker: true }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORTED_UPLOAD_DAYS }],
        },
      ],
      dependsOn: [versioning],
    });
  }

  private encrypt(): void {
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: this.bucket.id,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.props.keyArn },
          bucketKeyEnabled: true,
        },
      ],
    });
  }

  private close(): void {
    const { arns } = this.props;
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket: this.bucket.id,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    const block = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket: this.bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const everything = { effect: 'Deny', principals: '*', actions: ['s3:*'], resources: [arns.bucket, arns.objects] } as const;
    new S3BucketPolicy(this, 'policy', {
      bucket: this.bucket.id,
      policy: policyJson([
        { ...everything, sid: 'DenyPlainHttp', conditions: { Bool: { 'aws:SecureTransport': 'false' } } },
        { ...everything, sid: 'DenyOldTls', conditions: { NumericLessThan: { 's3:TlsVersion': '1.2' } } },
      ]),
      // S3 refuses two changes of a bucket's access at once.
      dependsOn: [block],
    });
  }
}
