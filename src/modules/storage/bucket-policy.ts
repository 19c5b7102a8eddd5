/** Who may do what with a bucket, as statements: nobody without TLS, and log delivery where logs arrive. Pure. */
import type { Statement } from '../iam/policy';

/** Where the access logs of buckets lie inside the log bucket: `buckets/<bucket name>/`. */
export const BUCKET_LOG_PREFIX = 'buckets';

/**
 * Where the access logs of load balancers lie inside the log bucket; the `prefix` of a load balancer's `access_logs`.
 * AWS appends `AWSLogs/<account>/...`.
 */
export const LOAD_BALANCER_LOG_PREFIX = 'load-balancers';

/** Who delivers logs into a bucket. */
export interface LogSources {
  readonly accountId: string;
  /** Names of the buckets that write their access logs here. */
  readonly buckets: readonly string[];
}

/** The ARN of a bucket: names are known at synth, so that a plan shows the whole policy. */
export function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`;
}

/** The prefix that a bucket's access logs get in the log bucket. */
export function bucketLogPrefix(name: string): string {
  return `${BUCKET_LOG_PREFIX}/${name}/`;
}

/** Refuses every request that does not come over TLS (FSBP S3.5). */
export function tlsOnly(name: string): Statement {
  return {
    sid: 'TlsOnly',
    effect: 'Deny',
    actions: ['s3:*'],
    resources: [bucketArn(name), `${bucketArn(name)}/*`],
    principals: '*',
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * Lets load balancers of the account and the named buckets deliver their access logs.
 *
 * The load balancers' service principal works in every region; AWS keeps the older grant to an account per region only
 * for existing buckets. The account in the path keeps other customers' load balancers out.
 * Source: Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer".
 */
export function logDelivery(name: string, { accountId, buckets }: LogSources): readonly Statement[] {
  const loadBalancers: Statement = {
    sid: 'LoadBalancerLogs',
    actions: ['s3:PutObject'],
    resources: [`${bucketArn(name)}/${LOAD_BALANCER_LOG_PREFIX}/AWSLogs/${accountId}/*`],
    principals: { Service: ['logdelivery.elasticloadbalancing.amazonaws.com'] },
  };
  if (buckets.length === 0) return [loadBalancers];
  return [
    loadBalancers,
    {
      sid: 'BucketLogs',
      actions: ['s3:PutObject'],
      resources: buckets.map((bucket) => `${bucketArn(name)}/${bucketLogPrefix(bucket)}*`),
      principals: { Service: ['logging.s3.amazonaws.com'] },
      conditions: { StringEquals: { 'aws:SourceAccount': accountId }, ArnEquals: { 'aws:SourceArn': buckets.map(bucketArn) } },
    },
  ];
}
