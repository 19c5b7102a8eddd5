/** The notifications of one region: an encrypted SNS topic, its key and its subscriptions. */
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { noticesTopicName, shortHash } from '../../config/names';
import type { ResolvedObservability } from '../../config/resolved/observability';
import { policyJson, type Statement } from '../iam/policy';

/** Days in which the deletion of the key can be cancelled: AWS's minimum, because a topic stores nothing. */
const DELETION_WINDOW_DAYS = 7;

export interface NotificationTopicProps {
  /** The environment's name, in the name of the topic and as sender. Text messages show its first ten characters. */
  readonly environment: string;
  readonly accountId: string;
  /** The region of the topic. */
  readonly region: string;
  /** Whether `region` differs from the provider's. */
  readonly elsewhere: boolean;
  readonly notifications: ResolvedObservability['notifications'];
}

/** A topic that only alarms, events and budgets of the account may publish to. */
export class NotificationTopic extends Construct {
  public readonly arn: string;
  /** What publishing needs. */
  public readonly ready: readonly ITerraformDependable[];
  private readonly region?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NotificationTopicProps,
  ) {
    super(scope, id);
    this.region = props.elsewhere ? props.region : undefined;
    const topic = new SnsTopic(this, 'topic', {
      name: noticesTopicName(props.environment),
      displayName: props.environment,
      kmsMasterKeyId: this.createKey(),
      signatureVersion: 2,
      region: this.region,
    });
    this.arn = topic.arn;
    this.ready = [this.createPolicy(topic)];
    this.createSubscriptions();
  }

  /** A dedicated key: alarms cannot use the AWS-managed key of SNS, and not every environment has a key. */
  private createKey(): string {
    const { environment, region } = this.props;
    const key = new KmsKey(this, 'key', {
      description: `Notices of ${environment} in ${region}`,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: policyJson(this.keyStatements()),
      region: this.region,
    });
    new KmsAlias(this, 'alias', { name: `alias/${noticesTopicName(environment)}`, targetKeyId: key.keyId, region: this.region });
    return key.arn;
  }

  private keyStatements(): readonly Statement[] {
    const { accountId } = this.props;
    const use = { actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'] } as const;
    const ours = { StringEquals: { 'aws:SourceAccount': accountId } };
    return [
      { sid: 'AccountUsesIam', actions: ['kms:*'], resources: ['*'], principals: { AWS: [`arn:aws:iam::${accountId}:root`] } },
      {
        ...use,
        sid: 'AlarmsAndBudgets',
        principals: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
        conditions: ours,
      },
      // EventBridge sends neither account nor rule when it publishes to an encrypted topic (SNS developer guide, "Key management").
      { ...use, sid: 'Events', principals: { Service: ['events.amazonaws.com'] } },
    ];
  }

  private createPolicy(topic: SnsTopic): SnsTopicPolicy {
    const { accountId } = this.props;
    const publish = { actions: ['sns:Publish'], resources: [topic.arn] } as const;
    const ours = { StringEquals: { 'aws:SourceAccount': accountId } };
    return new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      region: this.region,
      policy: policyJson([
        {
          ...publish,
          sid: 'AlarmsAndBudgets',
          principals: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
          conditions: ours,
        },
        // EventBridge does not support conditions in the policy of a topic (EventBridge user guide, "Resource-based policies").
        { ...publish, sid: 'Events', principals: { Service: ['events.amazonaws.com'] } },
        {
          ...publish,
          sid: 'TlsOnly',
          effect: 'Deny',
          principals: '*',
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]),
    });
  }

  /** Ids are hashes of the addresses: the order of the list may change. */
  private createSubscriptions(): void {
    const { emails, smsNumbers } = this.props.notifications;
    for (const endpoint of emails) this.createSubscription(`email-${shortHash(endpoint)}`, 'email', endpoint);
    for (const endpoint of smsNumbers) this.createSubscription(`sms-${shortHash(endpoint)}`, 'sms', endpoint);
  }

  private createSubscription(id: string, protocol: 'email' | 'sms', endpoint: string): void {
    new SnsTopicSubscription(this, id, { topicArn: this.arn, protocol, endpoint, region: this.region });
  }
}
