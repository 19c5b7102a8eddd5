/** A container that runs and ends: at its times, and whenever a person starts it. */
import { Construct } from 'constructs';
import type { ResolvedJob } from '../../config/resolved/environment';
import type { NetworkHandover } from '../../contracts/handovers';
import { JobRun } from './job-run';
import { JobSchedule } from './job-schedule';
import { FargateTask, type TaskContext } from './task';
import { TaskSecurityGroup, type CallableService } from './task-security-group';

export interface FargateJobProps {
  readonly context: TaskContext;
  readonly clusterArn: string;
  readonly network: NetworkHandover;
  readonly job: ResolvedJob;
  /** The services that it calls. */
  readonly calls: readonly CallableService[];
}

/** A job's task and security group, what runs it, and its schedule when it has one. */
export class FargateJob extends Construct {
  public readonly task: FargateTask;
  public readonly stateMachineArn: string;
  /** Holds the runs that could not be started; only with a schedule. */
  public readonly deadLetterQueueName?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FargateJobProps,
  ) {
    super(scope, id);
    const { context, network, job, calls } = props;
    this.task = new FargateTask(this, 'task', { context, container: job, exec: false });
    const security = new TaskSecurityGroup(this, 'security', { environment: context.environment, workload: job, network });
    for (const service of calls) security.call(service);
    this.stateMachineArn = this.createRun(security).stateMachineArn;
    if (job.schedule !== undefined) this.deadLetterQueueName = this.createSchedule(job.schedule).deadLetterQueueName;
  }

  private createRun(security: TaskSecurityGroup): JobRun {
    const { context, clusterArn, network, job } = this.props;
    return new JobRun(this, 'run', {
      environment: context.environment,
      name: job.key,
      region: context.region,
      accountId: context.accountId,
      clusterArn,
      clusterName: context.clusterName,
      family: job.name,
      taskDefinitionArnWithoutRevision: this.task.arnWithoutRevision,
      subnetIds: network.privateSubnetIds,
      securityGroupId: security.id,
      after: security.rules,
      passRoleArns: [this.task.executionRoleArn, this.task.taskRoleArn],
      concurrency: job.concurrency,
      timeoutSeconds: job.timeoutSeconds,
      retries: job.retries,
      sleepParameterName: context.sleepParameterName,
    });
  }

  private createSchedule(schedule: string): JobSchedule {
    const { context, job } = this.props;
    return new JobSchedule(this, 'schedule', {
      environment: context.environment,
      name: job.key,
      schedule,
      timezone: job.timezone,
      stateMachineArn: this.stateMachineArn,
      retries: job.retries,
      region: context.region,
      accountId: context.accountId,
      keyArn: context.handover.keyArn,
    });
  }
}
