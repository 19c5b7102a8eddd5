/** Statements of bucket policies: TLS for every request, and the delivery of access logs. Pure. */
import { tlsOnly, type Statement } from '../iam/policy';

/** Prefix in the log bucket of the access logs of buckets: `buckets/<bucket name>/`. */
const BUCKET_LOG_PREFIX = 'buckets';

/** Prefix in the log bucket of the access logs of load balancers, their `access_logs.prefix`. AWS appends `AWSLogs/<account>/...`. */
export const LOAD_BALANCER_LOG_PREFIX = 'load-balancers';

/** Prefix in the log bucket of the access logs of CloudFront. AWS appends `AWSLogs/<account>/...`. */
export const CDN_LOG_PREFIX = 'cdn';

/** Who delivers logs to a bucket, next to the load balancers of the account. */
export interface LogSources {
  readonly accountId: string;
  /** Whether CloudFront does. @default false */
  readonly cdn?: boolean;
  /** Names of the buckets that write their access logs here. */
  readonly buckets: readonly string[];
}

/** Composed from the name rather than read from the bucket, so that a plan shows the whole policy. */
export function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`;
}

/** The prefix of a bucket's access logs in the log bucket. */
export function bucketLogPrefix(name: string): string {
  return `${BUCKET_LOG_PREFIX}/${name}/`;
}

/**
 * Refuses every request without TLS (FSBP S3.5) or with TLS older than 1.2. The endpoints of S3 have required TLS 1.2 since
 * February 2024, so the second statement affects no caller, log delivery and CloudFront included: it puts the requirement
 * where an audit looks for it. A request without TLS has no version, which is why the first statement is needed as well.
 * Source: AWS Storage Blog, "Enforcing encryption in transit with TLS1.2 or higher with Amazon S3".
 */
export function requireTls(name: string): readonly Statement[] {
  const withoutTls = tlsOnly(['s3:*'], [bucketArn(name), `${bucketArn(name)}/*`]);
  return [withoutTls, { ...withoutTls, sid: 'Tls12OrNewer', conditions: { NumericLessThan: { 's3:TlsVersion': '1.2' } } }];
}

/** The statements that let these sources deliver their logs. */
export function logDelivery(name: string, sources: LogSources): readonly Statement[] {
  const { accountId, cdn, buckets } = sources;
  return [
    loadBalancerLogDelivery(name, accountId),
    ...(buckets.length > 0 ? [bucketLogDelivery(name, sources)] : []),
    ...(cdn === true ? [cdnLogDelivery(name, accountId)] : []),
  ];
}

/**
 * The service principal works in every region; the older grant to one account per region is only for existing buckets.
 * The account in the path excludes the load balancers of other customers. There is no condition on the source: AWS documents none
 * for this service, and one that it does not send would refuse every log, and the load balancer with them.
 * Source: Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer".
 */
function loadBalancerLogDelivery(name: string, accountId: string): Statement {
  return {
    sid: 'LoadBalancerLogs',
    actions: ['s3:PutObject'],
    resources: [`${bucketArn(name)}/${LOAD_BALANCER_LOG_PREFIX}/AWSLogs/${accountId}/*`],
    principals: { Service: ['logdelivery.elasticloadbalancing.amazonaws.com'] },
  };
}

function bucketLogDelivery(name: string, { accountId, buckets }: LogSources): Statement {
  return {
    sid: 'BucketLogs',
    actions: ['s3:PutObject'],
    resources: buckets.map((bucket) => `${bucketArn(name)}/${bucketLogPrefix(bucket)}*`),
    principals: { Service: ['logging.s3.amazonaws.com'] },
    conditions: { StringEquals: { 'aws:SourceAccount': accountId }, ArnEquals: { 'aws:SourceArn': buckets.map(bucketArn) } },
  };
}

/**
 * CloudFront delivers through CloudWatch Logs in us-east-1, wherever the bucket is. AWS would add this statement when the
 * delivery is created, and Terraform would then plan to remove it.
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
