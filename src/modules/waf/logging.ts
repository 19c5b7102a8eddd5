/** The log of a web ACL: which requests were blocked and why, without the credentials in them. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy';
import { Wafv2WebAclLoggingConfiguration } from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration';
import { Construct } from 'constructs';
import type { ResolvedWaf } from '../../config/resolved/edge';
import { policyJson } from '../iam/policy';

/** The prefix of log groups that WAF may write to (AWS WAF developer guide, "Sending traffic logs to CloudWatch Logs"). */
const NAME_PREFIX = 'aws-waf-logs-';

const REDACTED_HEADERS = ['authorization', 'cookie'];

/** The actions that are logged when only refusals are kept. */
const WORTH_KEEPING = ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'];

export interface WebAclLogProps {
  readonly name: string;
  readonly webAclArn: string;
  readonly logs: ResolvedWaf['logs'];
  readonly region: string;
  readonly accountId: string;
}

/** A log group, the permission to write to it, and the logging configuration. */
export class WebAclLog extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: WebAclLogProps,
  ) {
    super(scope, id);
    const { name, webAclArn, logs, region } = props;
    const group = new CloudwatchLogGroup(this, 'group', {
      name: `${NAME_PREFIX}${name}`,
      retentionInDays: logs.retentionDays,
      region,
    });
    new Wafv2WebAclLoggingConfiguration(this, 'logging', {
      resourceArn: webAclArn,
      logDestinationConfigs: [group.arn],
      redactedFields: REDACTED_HEADERS.map((header) => ({ singleHeader: { name: header } })),
      loggingFilter: logs.requests === 'all' ? undefined : this.refusalsOnly(),
      region,
      dependsOn: [this.createDeliveryPolicy(group)],
    });
  }

  private createDeliveryPolicy(group: CloudwatchLogGroup): CloudwatchLogResourcePolicy {
    const { name, region, accountId } = this.props;
    return new CloudwatchLogResourcePolicy(this, 'delivery', {
      policyName: `${NAME_PREFIX}${name}`,
      region,
      policyDocument: policyJson([
        {
          sid: 'DeliverWebAclLogs',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [`${group.arn}:*`],
          principals: { Service: ['delivery.logs.amazonaws.com'] },
          conditions: {
            StringEquals: { 'aws:SourceAccount': accountId },
            ArnLike: { 'aws:SourceArn': `arn:aws:logs:${region}:${accountId}:*` },
          },
        },
      ]),
    });
  }

  private refusalsOnly() {
    const condition = WORTH_KEEPING.map((action) => ({ actionCondition: { action } }));
    return { defaultBehavior: 'DROP', filter: [{ behavior: 'KEEP', requirement: 'MEETS_ANY', condition }] };
  }
}
