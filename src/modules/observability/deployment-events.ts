/** What ECS says of releases, and of jobs that end badly. */
import { Construct } from 'constructs';
import { EventNotice } from './event-notice';

export interface DeploymentEventsProps {
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  readonly clusterName: string;
  /** Task families of jobs. */
  readonly jobFamilies: readonly string[];
  readonly topicArn: string;
}

/** Notices of releases that were taken back, of services that cannot start tasks, of jobs that failed. */
export class DeploymentEvents extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: DeploymentEventsProps,
  ) {
    super(scope, id);
    this.deployments();
    if (props.jobFamilies.length > 0) this.jobs();
  }

  private deployments(): void {
    const { environment, region, accountId, clusterName, topicArn } = this.props;
    new EventNotice(this, 'deployment', {
      environment,
      name: 'deployment-failed',
      description: `A release of ${environment} failed, or one of its services cannot start tasks`,
      pattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Deployment State Change', 'ECS Service Action'],
        resources: [{ prefix: `arn:aws:ecs:${region}:${accountId}:service/${clusterName}/` }],
        detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED', 'SERVICE_TASK_START_IMPAIRED', 'SERVICE_TASK_PLACEMENT_FAILURE'] },
      },
      fields: { service: '$.resources[0]', event: '$.detail.eventName', reason: '$.detail.reason' },
      text: `${environment}: <event> of <service>. <reason> A failed release is taken back by itself where circuitBreaker is on: read the log of its last stopped task before the next one.`,
      topicArn,
    });
  }

  /** A job that was stopped before it began has no exit code, and is told by the queue of its schedule. */
  private jobs(): void {
    const { environment, region, accountId, clusterName, jobFamilies, topicArn } = this.props;
    new EventNotice(this, 'job', {
      environment,
      name: 'job-failed',
      description: `A job of ${environment} ended with an error`,
      pattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Task State Change'],
        detail: {
          clusterArn: [`arn:aws:ecs:${region}:${accountId}:cluster/${clusterName}`],
          lastStatus: ['STOPPED'],
          group: jobFamilies.map((family) => `family:${family}`),
          containers: { exitCode: [{ 'anything-but': [0] }] },
        },
      },
      fields: { job: '$.detail.group', task: '$.detail.taskArn', reason: '$.detail.stoppedReason' },
      text: `${environment}: the job <job> ended with an error (<reason>). Its log says why; start it again by the output run_... of compute. <task>`,
      topicArn,
    });
  }
}
