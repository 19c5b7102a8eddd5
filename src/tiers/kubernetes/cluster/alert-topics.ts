/** The topics that Alertmanager publishes to, and its permission to do so. */
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { Construct } from 'constructs';
import { noticesTopicName, watchdogTopicName } from '../../../config/names';
import type { AlertTopicsHandover } from '../../../contracts/handovers';
import type { Statement } from '../../../modules/iam/policy';
import type { ClusterIdentity } from './controller-permissions';

export interface AlertTopicsProps {
  readonly cluster: ClusterIdentity;
}

/**
 * The topic of the environment's notices, which the observability stack creates later and which is known by its name, and the
 * topic of the watchdog: an alert that is always active. Alertmanager publishes it every few minutes; the topic has no
 * subscriptions, and an alarm on its count of messages is raised when they stop.
 */
export class AlertTopics extends Construct {
  public readonly topics: AlertTopicsHandover;

  constructor(scope: Construct, id: string, { cluster: { environment, region, accountId } }: AlertTopicsProps) {
    super(scope, id);
    const watchdog = new SnsTopic(this, 'watchdog', {
      name: watchdogTopicName(environment),
      // AWS's own key is enough: an IAM role publishes, not an AWS service.
      kmsMasterKeyId: 'alias/aws/sns',
    });
    this.topics = {
      noticesArn: `arn:aws:sns:${region}:${accountId}:${noticesTopicName(environment)}`,
      watchdogArn: watchdog.arn,
      watchdogName: watchdog.name,
    };
  }
}

/** Alertmanager: publishes to both topics. The key of the notices is known by its alias, because it is created later. */
export function alertmanagerStatements(
  { environment, region, accountId }: ClusterIdentity,
  { noticesArn, watchdogArn }: AlertTopicsHandover,
): readonly Statement[] {
  return [
    { sid: 'PublishAlerts', actions: ['sns:Publish'], resources: [noticesArn, watchdogArn] },
    {
      sid: 'EncryptAlerts',
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      resources: [`arn:aws:kms:${region}:${accountId}:key/*`],
      conditions: {
        StringEquals: { 'kms:ViaService': `sns.${region}.amazonaws.com` },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [`alias/${noticesTopicName(environment)}`] },
      },
    },
  ];
}
