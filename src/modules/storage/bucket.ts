/** One S3 bucket: private, encrypted, TLS only, with the lifecycle its description asks for. */
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { policyJson, type Statement } from '../iam/policy';
import { keepWhenProtected } from '../../terraform/lifecycle';
import { lifecycleRules, type Lifetime } from './bucket-lifecycle';
import { bucketLogPrefix, logDelivery, tlsOnly, type LogSources } from './bucket-policy';

export interface BucketProps extends Lifetime {
  /** Globally unique. Changing it replaces the bucket. */
  readonly name: string;
  /** With `kms`, the key; without one, the AWS-managed key of S3. A bucket that takes log deliveries is always `sse-s3`. */
  readonly encryption: 'sse-s3' | 'kms';
  readonly keyArn?: string;
  /** `prevent_destroy`; without it a destroy deletes the objects too. */
  readonly protect: boolean;
  /** Who delivers access logs into this bucket; left out for a bucket that receives none. */
  readonly receivesLogsFrom?: LogSources;
  /** The bucket that this one writes its access logs to. */
  readonly accessLogsTo?: Bucket;
  /** Further statements of the policy: who outside the account's roles may do what. */
  readonly grants?: readonly Statement[];
}

/** An S3 bucket and everything that guards it. */
export class Bucket extends Construct {
  public readonly name: string;
  public readonly arn: string;
  /** The policy: whoever delivers logs here waits for it. */
  private readonly policy: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BucketProps,
  ) {
    super(scope, id);
    const bucket = new S3Bucket(this, 'bucket', {
      bucket: props.name,
      forceDestroy: !props.protect,
      lifecycle: keepWhenProtected(props.protect),
    });
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    this.policy = this.closeToThePublic();
    this.encrypt();
    this.limitLifetime(this.keepVersions());
    if (props.accessLogsTo !== undefined) this.writeAccessLogs(props.accessLogsTo);
  }

  /** One after the other: S3 answers concurrent changes of access settings with a conflict. */
  private closeToThePublic(): ITerraformDependable {
    const { name, receivesLogsFrom, grants = [] } = this.props;
    const block = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket: this.name,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const ownership = new S3BucketOwnershipControls(this, 'ownership', {
      bucket: this.name,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
      dependsOn: [block],
    });
    const delivery = receivesLogsFrom === undefined ? [] : logDelivery(name, receivesLogsFrom);
    return new S3BucketPolicy(this, 'policy', {
      bucket: this.name,
      policy: policyJson([tlsOnly(name), ...delivery, ...grants]),
      dependsOn: [block, ownership],
    });
  }

  /**
   * AWS's log delivery writes only to SSE-S3. Keys of the client (SSE-C) are refused, as S3 does by itself on new
   * buckets: unsaid, this provider version would try to take the refusal back at each apply.
   */
  private encrypt(): void {
    const { encryption, keyArn, receivesLogsFrom } = this.props;
    const kms = encryption === 'kms' && receivesLogsFrom === undefined;
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: this.name,
      rule: [
        {
          applyServerSideEncryptionByDefault: kms
            ? { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn }
            : { sseAlgorithm: 'AES256' },
          bucketKeyEnabled: kms,
          blockedEncryptionTypes: ['SSE-C'],
        },
      ],
    });
  }

  /** Nothing where versioning was never wanted; the provider suspends it when the resource goes. */
  private keepVersions(): readonly ITerraformDependable[] {
    if (!this.props.versioning) return [];
    return [new S3BucketVersioningA(this, 'versioning', { bucket: this.name, versioningConfiguration: { status: 'Enabled' } })];
  }

  private limitLifetime(after: readonly ITerraformDependable[]): void {
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: this.name,
      rule: lifecycleRules(this.props),
      dependsOn: [...after],
    });
  }

  private writeAccessLogs(target: Bucket): void {
    new S3BucketLoggingA(this, 'access-logs', {
      bucket: this.name,
      targetBucket: target.name,
      targetPrefix: bucketLogPrefix(this.props.name),
      dependsOn: [target.policy],
    });
  }
}
