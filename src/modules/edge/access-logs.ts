/**
 * Access logs of a distribution, delivered by CloudWatch Logs (CloudFront's "standard logging v2") into the log bucket:
 * the legacy way needs bucket ACLs, which the bucket refuses.
 */
import { CloudwatchLogDelivery } from '@cdktf/provider-aws/lib/cloudwatch-log-delivery';
import { CloudwatchLogDeliveryDestination } from '@cdktf/provider-aws/lib/cloudwatch-log-delivery-destination';
import { CloudwatchLogDeliverySource } from '@cdktf/provider-aws/lib/cloudwatch-log-delivery-source';
import { Construct } from 'constructs';
import { EDGE_REGION } from '../../config/tables/regions';
import { CDN_LOG_PREFIX } from '../storage/bucket-policy';

/** All fields that contain no credentials: no cookies. Source: CloudFront developer guide, "Log file fields". */
const FIELDS = [
  'date',
  'time',
  'x-edge-location',
  'sc-bytes',
  'c-ip',
  'cs-method',
  'cs(Host)',
  'cs-uri-stem',
  'sc-status',
  'cs(Referer)',
  'cs(User-Agent)',
  'cs-uri-query',
  'x-edge-result-type',
  'x-edge-request-id',
  'x-host-header',
  'cs-protocol',
  'cs-bytes',
  'time-taken',
  'ssl-protocol',
  'ssl-cipher',
  'x-edge-response-result-type',
  'cs-protocol-version',
  'time-to-first-byte',
  'x-edge-detailed-result-type',
];

export interface CdnAccessLogsProps {
  /** The name of the delivery's source and destination. */
  readonly name: string;
  readonly distributionArn: string;
  /** Its policy must allow the delivery. */
  readonly logBucketArn: string;
}

/** Source, destination and delivery; all in us-east-1, wherever the bucket is. */
export class CdnAccessLogs extends Construct {
  constructor(scope: Construct, id: string, { name, distributionArn, logBucketArn }: CdnAccessLogsProps) {
    super(scope, id);
    const source = new CloudwatchLogDeliverySource(this, 'source', {
      name,
      logType: 'ACCESS_LOGS',
      resourceArn: distributionArn,
      region: EDGE_REGION,
    });
    const destination = new CloudwatchLogDeliveryDestination(this, 'destination', {
      name,
      outputFormat: 'json',
      deliveryDestinationConfiguration: [{ destinationResourceArn: `${logBucketArn}/${CDN_LOG_PREFIX}` }],
      region: EDGE_REGION,
    });
    new CloudwatchLogDelivery(this, 'delivery', {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.arn,
      recordFields: FIELDS,
      region: EDGE_REGION,
    });
  }
}
