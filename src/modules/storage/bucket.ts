/** The S3 bucket of every stack, bootstrap included: private, encrypted, TLS only, with the lifecycle it is given. */
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketCorsConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { S3BucketObjectLockConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedBucket } from '../../config/resolved/environment';
import { keepWhenProtected } from '../../terraform/lifecycle';
import { policyJson, type Statement } from '../iam/policy';
import type { LifecycleRule } from './bucket-lifecycle';
import { bucketLogPrefix, logDelivery, requireTls, type LogSources } from './bucket-policy';

export interface BucketProps {
  /** Globally unique. Changing it replaces the bucket. */
  readonly name: string;
  readonly versioning: boolean;
  readonly lifecycle: readonly LifecycleRule[];
  /** `kms` uses `keyArn`, or the AWS-managed key of S3 without one. A bucket that receives logs is always `sse-s3`. */
  readonly encryption: 'sse-s3' | 'kms';
  readonly keyArn?: string;
  /** `prevent_destroy`; without it a destroy deletes the objects too. */
  readonly protect: boolean;
  /** Time for which no version can be deleted (Object Lock). Needs `versioning`; S3 never takes it off a bucket. @default no lock */
  readonly objectLock?: NonNullable<ResolvedBucket['objectLock']>;
  /**
   * Whether the lock is a property of the bucket from its creation on: then giving it to an existing bucket replaces the bucket.
   * @default false: the lock is put on the bucket, new or not
   */
  readonly createdWithLock?: boolean;
  /** Pages of other origins that may use the bucket. @default none */
  readonly cors?: ResolvedBucket['cors'];
  /** The services that deliver access logs to this bucket. @default none */
  readonly receivesLogsFrom?: LogSources;
  /** The bucket that this one writes its access logs to. @default no access logs */
  readonly accessLogsTo?: Bucket;
  /** Further statements of the bucket policy. @default none */
  readonly statements?: readonly Statement[];
}

/** A bucket with its encryption, access settings, lifecycle and access logs. */
export class Bucket extends Construct {
  public readonly name: string;
  public readonly arn: string;
  /** The bucket policy: a service that delivers to this bucket depends on it. */
  public readonly policy: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BucketProps,
  ) {
    super(scope, id);
    const bucket = new S3Bucket(this, 'bucket', {
      bucket: props.name,
      forceDestroy: !props.protect,
      objectLockEnabled: props.createdWithLock === true ? true : undefined,
      lifecycle: keepWhenProtected(props.protect),
    });
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    this.policy = this.createAccessSettings();
    this.createEncryption();
    const versioning = this.createVersioning();
    this.createObjectLock(versioning);
    this.createLifecycle(versioning);
    this.createAccessLogs();
    this.createCors();
  }

  /** In sequence: S3 answers concurrent changes of a bucket's access settings with a conflict. */
  private createAccessSettings(): ITerraformDependable {
    const { name, receivesLogsFrom, statements = [] } = this.props;
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
      policy: policyJson([...requireTls(name), ...delivery, ...statements]),
      dependsOn: [block, ownership],
    });
  }

  /**
   * Log delivery writes only to SSE-S3. Customer-provided keys (SSE-C) are blocked, as S3 does on new buckets: without the
   * argument, provider versions before 6.40 plan to remove that block at every apply.
   */
  private createEncryption(): void {
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

  /** No resource without versioning; when it is removed later, the provider suspends versioning. */
  private createVersioning(): readonly ITerraformDependable[] {
    if (!this.props.versioning) return [];
    return [new S3BucketVersioningA(this, 'versioning', { bucket: this.name, versioningConfiguration: { status: 'Enabled' } })];
  }

  private createObjectLock(versioning: readonly ITerraformDependable[]): void {
    const { objectLock } = this.props;
    if (objectLock === undefined) return;
    const { mode, ...time } = objectLock;
    new S3BucketObjectLockConfigurationA(this, 'lock', {
      bucket: this.name,
      rule: { defaultRetention: { mode: mode.toUpperCase(), ...time } },
      dependsOn: [...versioning],
    });
  }

  private createLifecycle(versioning: readonly ITerraformDependable[]): void {
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: this.name,
      rule: [...this.props.lifecycle],
      dependsOn: [...versioning],
    });
  }

  private createCors(): void {
    const { cors = [] } = this.props;
    if (cors.length === 0) return;
    new S3BucketCorsConfiguration(this, 'cors', {
      bucket: this.name,
      corsRule: cors.map(({ origins, methods, headers, exposedHeaders, maxAgeSeconds }) => ({
        allowedOrigins: [...origins],
        allowedMethods: [...methods],
        allowedHeaders: [...headers],
        exposeHeaders: [...exposedHeaders],
        maxAgeSeconds,
      })),
    });
  }

  private createAccessLogs(): void {
    const { name, accessLogsTo } = this.props;
    if (accessLogsTo === undefined) return;
    new S3BucketLoggingA(this, 'access-logs', {
      bucket: this.name,
      targetBucket: accessLogsTo.name,
      targetPrefix: bucketLogPrefix(name),
      dependsOn: [accessLogsTo.policy],
    });
  }
}
