/**
 * Restarts services after one of their secrets was rotated: ECS injects secrets only when a container starts.
 *
 *   Secrets Manager --RotationSucceeded--> EventBridge rule --> Step Functions --UpdateService, force--> each service
 *
 * AWS delivers the event through CloudTrail: without a trail in the account that records management events in this region,
 * there is no event and nothing is restarted (Secrets Manager user guide, "Match events with EventBridge").
 */
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { Statement } from '../../modules/iam/policy';
import { ServiceRole } from '../../modules/iam/service-role';

/** Retries while another deployment of the service is being registered: after 10, 20, 40 and 80 seconds. */
const RETRY = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 4, BackoffRate: 2 }];

export interface SecretRedeploymentProps {
  /** The environment's name; begins every name here. */
  readonly environment: string;
  readonly clusterName: string;
  /** The services whose containers hold one of the secrets. Not empty. */
  readonly services: readonly { readonly name: string; readonly arn: string }[];
  /** The secrets that are rotated. Not empty. */
  readonly secretArns: readonly string[];
  readonly region: string;
  readonly accountId: string;
}

/** Redeploys the given services whenever one of the given secrets was rotated. Needs a CloudTrail trail in the account. */
export class SecretRedeployment extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: SecretRedeploymentProps,
  ) {
    super(scope, id);
    const stateMachine = this.createStateMachine();
    const rule = this.createRule();
    this.startOn(rule, stateMachine);
  }

  private createStateMachine(): SfnStateMachine {
    const { environment, services } = this.props;
    const name = resourceName(environment, 'secret-redeployment', 'stateMachine');
    const role = this.createRole('redeploy', {
      service: 'states.amazonaws.com',
      callerArn: this.arn('states', `stateMachine:${name}`),
      description: 'Redeploys services after a rotation',
      statement: { sid: 'RedeployThese', actions: ['ecs:UpdateService'], resources: services.map(({ arn }) => arn) },
    });
    return new SfnStateMachine(this, 'redeploy', {
      name,
      roleArn: role.arn,
      definition: JSON.stringify({
        Comment: `Redeploys the services of ${environment} that read a rotated secret`,
        StartAt: 'Redeploy',
        States: { Redeploy: { Type: 'Parallel', Branches: services.map(({ name }) => this.branch(name)), End: true } },
      }),
    });
  }

  /** One branch for each service: one that cannot be redeployed does not hold up the others. */
  private branch(service: string): object {
    const redeploy = {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:ecs:updateService',
      Parameters: { Cluster: this.props.clusterName, Service: service, ForceNewDeployment: true },
      Retry: RETRY,
      End: true,
    };
    return { StartAt: service, States: { [service]: redeploy } };
  }

  private createRule(): CloudwatchEventRule {
    const { environment, secretArns } = this.props;
    return new CloudwatchEventRule(this, 'rotated', {
      name: ruleName(environment),
      description: `A secret that services of ${environment} read was rotated`,
      eventPattern: JSON.stringify({
        source: ['aws.secretsmanager'],
        'detail-type': ['AWS Service Event via CloudTrail'],
        detail: { eventName: ['RotationSucceeded'], additionalEventData: { SecretId: secretArns } },
      }),
    });
  }

  private startOn(rule: CloudwatchEventRule, stateMachine: SfnStateMachine): void {
    const role = this.createRole('start', {
      service: 'events.amazonaws.com',
      callerArn: this.arn('events', `rule/${ruleName(this.props.environment)}`),
      description: 'Starts the redeployment after a rotation',
      statement: { sid: 'StartThis', actions: ['states:StartExecution'], resources: [stateMachine.arn] },
    });
    new CloudwatchEventTarget(this, 'start', { rule: rule.name, arn: stateMachine.arn, roleArn: role.arn });
  }

  private createRole(id: string, { service, callerArn, description, statement }: RoleSettings): ServiceRole {
    const { environment, accountId } = this.props;
    return new ServiceRole(this, `${id}-role`, {
      name: resourceName(environment, `secret-${id}`, 'iamRole'),
      description: `${description} in ${environment}`,
      service,
      trustConditions: { StringEquals: { 'aws:SourceAccount': accountId }, ArnLike: { 'aws:SourceArn': callerArn } },
      statements: [statement],
    });
  }

  /** Composed, because the caller itself refers to the role. */
  private arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.props.region}:${this.props.accountId}:${resource}`;
  }
}

interface RoleSettings {
  readonly service: string;
  /** The one resource of the service that may assume the role. */
  readonly callerArn: string;
  readonly description: string;
  readonly statement: Statement;
}

function ruleName(environment: string): string {
  return resourceName(environment, 'secret-rotated', 'eventRule');
}
