/**
 * Starts services again whose deployment failed before any task ran: the first deployment, while an image, the value of a secret
 * or a database login is still missing.
 *
 *   ECS --SERVICE_DEPLOYMENT_FAILED--> EventBridge rule --> Step Functions --10 minutes--> UpdateService, force
 *
 * A failed attempt raises the event again, so that the service is tried until it runs. An execution has five state transitions:
 * 4,000 a month are free, each further 1,000 cost $0.025 (AWS Step Functions pricing, us-east-1, 2026-11).
 */
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { Statement } from '../../modules/iam/policy';
import { ServiceRole } from '../../modules/iam/service-role';
import { restartWorkflow } from './restart-workflow';

export interface ServiceRestartProps {
  /** The environment's name; begins every name here. */
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  readonly clusterName: string;
  /** The names of the ECS services whose circuit breaker stops a failed deployment. Not empty. */
  readonly services: readonly string[];
}

/** Tries the given services again while they have no running task. */
export class ServiceRestart extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceRestartProps,
  ) {
    super(scope, id);
    const stateMachine = this.createStateMachine();
    this.startOn(this.createRule(), stateMachine);
  }

  /** ARNs out of names: a rule that refers to the services would be created after they start. */
  private get serviceArns(): readonly string[] {
    const { region, accountId, clusterName, services } = this.props;
    return services.map((service) => `arn:aws:ecs:${region}:${accountId}:service/${clusterName}/${service}`);
  }

  private createStateMachine(): SfnStateMachine {
    const { environment, clusterName } = this.props;
    const role = this.createRole('restart', 'states.amazonaws.com', 'Starts services again after a failed first deployment', {
      sid: 'RestartThese',
      actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
      resources: this.serviceArns,
    });
    return new SfnStateMachine(this, 'machine', {
      name: resourceName(environment, 'service-restart', 'stateMachine'),
      roleArn: role.arn,
      definition: JSON.stringify(restartWorkflow(clusterName)),
    });
  }

  private createRule(): CloudwatchEventRule {
    const { environment } = this.props;
    return new CloudwatchEventRule(this, 'failed', {
      name: resourceName(environment, 'service-restart', 'eventRule'),
      description: `A deployment of a service of ${environment} failed: it is tried again if no task runs`,
      eventPattern: JSON.stringify({
        source: ['aws.ecs'],
        'detail-type': ['ECS Deployment State Change'],
        resources: this.serviceArns,
        detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
      }),
    });
  }

  private startOn(rule: CloudwatchEventRule, stateMachine: SfnStateMachine): void {
    const role = this.createRole('start', 'events.amazonaws.com', 'Starts the restart of services', {
      sid: 'StartThis',
      actions: ['states:StartExecution'],
      resources: [stateMachine.arn],
    });
    new CloudwatchEventTarget(this, 'start', { rule: rule.name, arn: stateMachine.arn, roleArn: role.arn });
  }

  private createRole(id: string, service: string, description: string, statement: Statement): ServiceRole {
    const { environment, accountId } = this.props;
    return new ServiceRole(this, `${id}-role`, {
      name: resourceName(environment, `service-${id}`, 'iamRole'),
      description: `${description} in ${environment}`,
      service,
      trustConditions: { StringEquals: { 'aws:SourceAccount': accountId } },
      statements: [statement],
    });
  }
}
