/** Who may do what with a bucket, as statements: nobody without TLS, and log delivery where logs arrive. Pure. */
import type { Statement } from '../iam/policy';

/** Where the access logs of buckets lie inside the log bucket: `buckets/<bucket name>/`. */
export const BUCKET_LOG_PREFIX = 'buckets';

/**
 * Where the access logs of load balancers lie inside the log bucket; the `prefix` of a load balancer's `access_logs`.
 * AWS appends `AWSLogs/<account>/...`.
 */
export const LOAD_BALANCER_LOG_PREFIX = 'load-balancers';

/** Where the access logs of CloudFront lie inside the log bucket; AWS appends `AWSLogs/<account>/...`. */
export const CDN_LOG_PREFIX = 'cdn';

/** Who delivers logs into a bucket. */
export interface LogSources {
  readonly accountId: string;
  /** Whether CloudFront does. @default false */
  readonly cdn?: boolean;
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
export function logDelivery(name: string, sources: LogSources): readonly Statement[] {
  return [...accessLogDelivery(name, sources), ...(sources.cdn === true ? [cdnLogDelivery(name, sources.accountId)] : [])];
}

function accessLogDelivery(name: string, { accountId, buckets }: LogSources): readonly Statement[] {
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

/**
 * CloudFront's logs come through CloudWatch Logs, from us-east-1 wherever the bucket is. AWS would add this statement by
 * itself, and Terraform would take it away again.
 * Source: CloudFront developer guide, "Configure standard logging (v2)".
 */
function cdnLogDelivery(name: string, accountId: string): Statement {
  return {
    sid: 'CdnLogs',
    actions: ['s3:PutObject'],
    resources: [`${bucketArn(name)}/${CDN_LOG_PREFIX}/AWSLogs/${accountId}/*`],
    principals: { Service: ['delivery.logs.amazonaws.com'] },
    conditions: {
      StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceAccount': accountId },
      ArnLike: { 'aws:SourceArn': `arn:aws:logs:us-east-1:${accountId}:delivery-source:*` },
    },
  };
}
