/**
 * Starts services again whose deployment failed before any task ran: the first deployment, while an image, the value of a secret
 * or a database login is still missing.
 *
 *   ECS --SERVICE_DEPLOYMENT_FAILED--> EventBridge rule --> Step Functions --10 minutes--> UpdateService, force
 *
 * A failed attempt raises the event again, so that the service is tried until it runs. An execution has five state transitions:
 * 4,000 a month are free, each further 1,000 cost $0.025 (AWS Step Functions pricing, us-east-1, 2026-11).
 */
import { Construct } from 'constructs';
import { createEventWorkflow } from '../../modules/workflow/event-workflow';
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
  constructor(scope: Construct, id: string, { environment, region, accountId, clusterName, services }: ServiceRestartProps) {
    super(scope, id);
    // Out of names: a rule that refers to the services would be created after they start.
    const serviceArns = services.map((service) => `arn:aws:ecs:${region}:${accountId}:service/${clusterName}/${service}`);
    createEventWorkflow(this, {
      environment,
      region,
      accountId,
      subject: 'service',
      rule: {
        id: 'failed',
        name: 'service-restart',
        description: `A deployment of a service of ${environment} failed: it is tried again if no task runs`,
        pattern: {
          source: ['aws.ecs'],
          'detail-type': ['ECS Deployment State Change'],
          resources: serviceArns,
          detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
        },
        purpose: 'Starts the restart of services',
      },
      stateMachine: {
        id: 'machine',
        name: 'service-restart',
        definition: restartWorkflow(clusterName),
        role: 'restart',
        purpose: 'Starts services again after a failed first deployment',
        statements: [{ sid: 'RestartThese', actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: serviceArns }],
      },
    });
  }
}
