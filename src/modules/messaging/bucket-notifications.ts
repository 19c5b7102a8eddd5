/** The messages of one bucket about its objects. S3 keeps one such configuration for each bucket. */
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedBucket } from '../../config/resolved/environment';

export interface BucketNotificationsProps {
  readonly bucketName: string;
  readonly notifications: ResolvedBucket['notifications'];
  /** The queue of a key. Its policy has to be there first: S3 sends a test message before it accepts the configuration. */
  readonly queueOf: (key: string) => { readonly arn: string; readonly policy: ITerraformDependable };
}

export class BucketNotifications extends Construct {
  constructor(scope: Construct, id: string, { bucketName, notifications, queueOf }: BucketNotificationsProps) {
    super(scope, id);
    new S3BucketNotification(this, 'notifications', {
      bucket: bucketName,
      queue: notifications.map(({ queue, events, prefix, suffix }, index) => ({
        id: `${queue}-${index + 1}`,
        queueArn: queueOf(queue).arn,
        events: [...events],
        filterPrefix: prefix,
        filterSuffix: suffix,
      })),
      dependsOn: [...new Set(notifications.map(({ queue }) => queueOf(queue).policy))],
    });
  }
}
