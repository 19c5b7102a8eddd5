/** All buckets of an environment, and which of them write access logs where. */
import { Construct } from 'constructs';
import type { ResolvedBucket } from '../../config/resolved/environment';
import { Bucket } from './bucket';

export interface BucketsProps {
  readonly buckets: readonly ResolvedBucket[];
  /** The key of the bucket that receives access logs. @default none does */
  readonly logBucket?: string;
  /** Whether application buckets write access logs. */
  readonly accessLogs: boolean;
  /** Whether CloudFront writes its access logs to the log bucket. @default false */
  readonly cdnAccessLogs?: boolean;
  readonly accountId: string;
  /** For buckets that ask for `kms`. */
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
    const { buckets, logBucket } = props;
    const logs = buckets.filter(({ purpose }) => purpose === 'logs').map((bucket) => this.create(bucket));
    const target = logs.find(({ node }) => node.id === logBucket);
    const others = buckets.filter(({ purpose }) => purpose !== 'logs').map((bucket) => this.create(bucket, target));
    this.handover = Object.fromEntries([...logs, ...others].map(({ node, name, arn }) => [node.id, { name, arn }]));
  }

  private create(bucket: ResolvedBucket, target?: Bucket): Bucket {
    const { accountId, keyArn, protect, accessLogs, logBucket } = this.props;
    const cdn = this.props.cdnAccessLogs === true && bucket.key === logBucket;
    const takesLogs = bucket.purpose === 'logs';
    return new Bucket(this, bucket.key, {
      ...bucket,
      keyArn,
      protect,
      receivesLogsFrom: takesLogs ? { accountId, cdn, buckets: this.writersTo(bucket.key) } : undefined,
      accessLogsTo: accessLogs ? target : undefined,
    });
  }

  /** The names of the buckets that write their access logs to this one. */
  private writersTo(key: string): readonly string[] {
    const { buckets, logBucket, accessLogs } = this.props;
    if (!accessLogs || key !== logBucket) return [];
    return buckets.filter(({ purpose }) => purpose !== 'logs').map(({ name }) => name);
  }
}
