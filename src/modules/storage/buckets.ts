/** All buckets of an environment, and which of them write access logs where. */
import { Construct } from 'constructs';
import type { ResolvedBucket } from '../../config/resolved/environment';
import { Bucket } from './bucket';
import { lifecycleRules } from './bucket-lifecycle';

export interface BucketsProps {
  readonly buckets: readonly ResolvedBucket[];
  /** The key of the bucket that receives access logs. @default none does */
  readonly logBucket?: string;
  /** Whether application buckets write access logs. @default false */
  readonly accessLogs?: boolean;
  /** Whether CloudFront writes its access logs to the log bucket. @default false */
  readonly cdnAccessLogs?: boolean;
  readonly accountId: string;
  /** For buckets with `encryption: 'kms'`; without one, they use the AWS-managed key of S3. */
  readonly keyArn?: string;
  /** `prevent_destroy`; without it a destroy deletes the objects too. */
  readonly protect: boolean;
}

/** The buckets, each under its key. */
export class Buckets extends Construct {
  /** Bucket key to its name and ARN. */
  public readonly handover: Readonly<Record<string, { readonly name: string; readonly arn: string }>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BucketsProps,
  ) {
    super(scope, id);
    const logs = props.buckets.filter(isForLogs).map((bucket) => this.createLogBucket(bucket));
    const target = logs.find(({ node }) => node.id === props.logBucket);
    const others = this.applicationBuckets.map((bucket) => this.createApplicationBucket(bucket, target));
    this.handover = Object.fromEntries([...logs, ...others].map(({ node, name, arn }) => [node.id, { name, arn }]));
  }

  private get applicationBuckets(): readonly ResolvedBucket[] {
    return this.props.buckets.filter((bucket) => !isForLogs(bucket));
  }

  private createLogBucket(bucket: ResolvedBucket): Bucket {
    const { accountId, protect, accessLogs, cdnAccessLogs, logBucket } = this.props;
    const receivesAccessLogs = bucket.key === logBucket;
    return new Bucket(this, bucket.key, {
      ...bucket,
      lifecycle: lifecycleRules(bucket),
      protect,
      receivesLogsFrom: {
        accountId,
        cdn: receivesAccessLogs && cdnAccessLogs === true,
        buckets: receivesAccessLogs && accessLogs === true ? this.applicationBuckets.map(({ name }) => name) : [],
      },
    });
  }

  private createApplicationBucket(bucket: ResolvedBucket, logs: Bucket | undefined): Bucket {
    const { keyArn, protect, accessLogs } = this.props;
    return new Bucket(this, bucket.key, {
      ...bucket,
      lifecycle: lifecycleRules(bucket),
      keyArn,
      protect,
      accessLogsTo: accessLogs === true ? logs : undefined,
    });
  }
}

function isForLogs({ purpose }: ResolvedBucket): boolean {
  return purpose === 'logs';
}
