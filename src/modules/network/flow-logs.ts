/** A record of the connections that the VPC accepted or refused, in CloudWatch Logs. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import { ServiceRole } from '../iam/service-role';

export interface FlowLogsProps {
  /** The environment's name. */
  readonly name: string;
  /** Such as `/shop/prod/vpc-flow-logs`. */
  readonly logGroupName: string;
  readonly retentionDays: number;
  readonly traffic: 'ALL' | 'ACCEPT' | 'REJECT';
  readonly vpcId: string;
  readonly region: string;
  readonly accountId: string;
}

/** Flow logs of a whole VPC. */
export class FlowLogs extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: FlowLogsProps,
  ) {
    super(scope, id);
    const group = this.logGroup();
    this.flowLog(group, this.role(group));
  }

  /** Encrypted with CloudWatch's own key: the environment's key is created later, in the data stack. */
  private logGroup(): CloudwatchLogGroup {
    const { logGroupName, retentionDays } = this.props;
    return new CloudwatchLogGroup(this, 'logs', { name: logGroupName, retentionInDays: retentionDays });
  }

  private role(group: CloudwatchLogGroup): ServiceRole {
    const { name, region, accountId } = this.props;
    return new ServiceRole(this, 'role', {
      name: resourceName(name, 'flow-logs', 'iamRole'),
      description: 'VPC flow logs: writes to one log group',
      service: 'vpc-flow-logs.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: { 'aws:SourceArn': `arn:aws:ec2:${region}:${accountId}:vpc-flow-log/*` },
      },
      statements: [
        {
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
          resources: [group.arn, `${group.arn}:*`],
        },
      ],
    });
  }

  private flowLog(group: CloudwatchLogGroup, role: ServiceRole): void {
    const { name, vpcId, traffic } = this.props;
    new FlowLog(this, 'vpc', {
      vpcId,
      trafficType: traffic,
      logDestinationType: 'cloud-watch-logs',
      logDestination: group.arn,
      iamRoleArn: role.arn,
      tags: { Name: name },
    });
  }
}
