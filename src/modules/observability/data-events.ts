/** What RDS and Secrets Manager say of themselves, passed on where a person has to know. */
import { Construct } from 'constructs';
import { EventNotice } from './event-notice';

export interface DataEventsProps {
  readonly environment: string;
  /** RDS identifiers in the stack's region. */
  readonly instances: readonly string[];
  /** Secrets that rotate; AWS tells of them through CloudTrail only. */
  readonly rotatedSecretArns: readonly string[];
  readonly topicArn: string;
}

/** Notices of failovers and failures of the database, and of rotations that failed. */
export class DataEvents extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: DataEventsProps,
  ) {
    super(scope, id);
    if (props.instances.length > 0) this.database();
    if (props.rotatedSecretArns.length > 0) this.rotation();
  }

  private database(): void {
    const { environment, instances, topicArn } = this.props;
    new EventNotice(this, 'database', {
      environment,
      name: 'database-event',
      description: `A database of ${environment} failed, failed over, or runs out of room`,
      pattern: {
        source: ['aws.rds'],
        'detail-type': ['RDS DB Instance Event'],
        detail: {
          SourceIdentifier: instances,
          EventCategories: ['availability', 'failover', 'failure', 'low storage', 'recovery', 'security'],
        },
      },
      fields: { instance: '$.detail.SourceIdentifier', message: '$.detail.Message' },
      text: `${environment}: database <instance>: <message>`,
      topicArn,
    });
  }

  private rotation(): void {
    const { environment, rotatedSecretArns, topicArn } = this.props;
    new EventNotice(this, 'rotation', {
      environment,
      name: 'rotation-failed',
      description: `A password of ${environment} could not be rotated`,
      pattern: {
        source: ['aws.secretsmanager'],
        'detail-type': ['AWS Service Event via CloudTrail'],
        detail: { eventName: ['RotationFailed'], additionalEventData: { SecretId: rotatedSecretArns } },
      },
      fields: { secret: '$.detail.additionalEventData.SecretId' },
      text: `${environment}: the secret <secret> could not be rotated. The old password still works. Read the log of the rotation function, then aws secretsmanager rotate-secret.`,
      topicArn,
    });
  }
}
