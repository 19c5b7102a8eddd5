/** Passes events of AWS on as notices that a person can read: EventBridge rule to topic. */
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';

export interface EventNoticeProps {
  readonly environment: string;
  /** Part of the rule's name, such as `deployment-failed`. */
  readonly name: string;
  readonly description: string;
  /** As EventBridge writes it. */
  readonly pattern: object;
  /** What of the event the text shows: name to JSON path. */
  readonly fields: Readonly<Record<string, string>>;
  /** One line; `<name>` stands for a field. No quotes in it. */
  readonly text: string;
  readonly topicArn: string;
}

/** One rule and its target. */
export class EventNotice extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { environment, name, description, pattern, fields, text, topicArn }: EventNoticeProps,
  ) {
    super(scope, id);
    const rule = new CloudwatchEventRule(this, 'rule', {
      name: resourceName(environment, name, 'eventRule'),
      description,
      eventPattern: JSON.stringify(pattern),
    });
    new CloudwatchEventTarget(this, 'topic', {
      rule: rule.name,
      arn: topicArn,
      inputTransformer: { inputPaths: { ...fields }, inputTemplate: JSON.stringify(text) },
    });
  }
}
