/** Where notices of one region go: an encrypted SNS topic, its key, and who hears of it. */
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { shortHash } from '../../config/names';
import type { ResolvedObservability } from '../../config/resolved/observability';
import { policyJson, type Statement } from '../iam/policy';

/** Days in which a deleted key can be called back: AWS's shortest, because a topic keeps nothing. */
const DELETION_WINDOW_DAYS = 7;

export interface NotificationTopicProps {
  /** The topic's name; SMS show the display name's first ten characters. */
  readonly name: string;
  /** The environment's name: what messages come from. */
  readonly environment: string;
  readonly accountId: string;
  /** Where the topic stands. */
  readonly region: string;
  /** Whether that is another than the provider's. */
  readonly elsewhere: boolean;
  readonly notifications: ResolvedObservability['notifications'];
}

/** A topic that alarms, events and budgets of the account publish to, and nobody else. */
export class NotificationTopic extends Construct {
  public readonly arn: string;
  /** What must be there before anybody can publish. */
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
      name: props.name,
      displayName: props.environment,
      kmsMasterKeyId: this.createKey(),
      signatureVersion: 2,
      region: this.region,
    });
    this.arn = topic.arn;
    this.ready = [this.createPolicy(topic)];
    this.createSubscriptions();
  }

  /** Of its own: alarms cannot use the key that AWS keeps for SNS, and the environment's is there only under `protect`. */
  private createKey(): string {
    const { name, environment, region } = this.props;
    const key = new KmsKey(this, 'key', {
      description: `Notices of ${environment} in ${region}`,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: policyJson(this.keyStatements()),
      region: this.region,
    });
    new KmsAlias(this, 'alias', { name: `alias/${name}`, targetKeyId: key.keyId, region: this.region });
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
      // EventBridge says nothing of account or rule when it publishes to an encrypted topic (SNS developer guide, "Key management").
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
        // EventBridge does not take conditions in the policy of a topic (EventBridge user guide, "Resource-based policies").
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

  /** Ids do not hold addresses, but what is made from them: the order of the list may change. */
  private createSubscriptions(): void {
    const { emails, smsNumbers } = this.props.notifications;
    for (const endpoint of emails) this.createSubscription(`email-${shortHash(endpoint)}`, 'email', endpoint);
    for (const endpoint of smsNumbers) this.createSubscription(`sms-${shortHash(endpoint)}`, 'sms', endpoint);
  }

  private createSubscription(id: string, protocol: 'email' | 'sms', endpoint: string): void {
    new SnsTopicSubscription(this, id, { topicArn: this.arn, protocol, endpoint, region: this.region });
  }
}
