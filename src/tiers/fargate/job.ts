/** A container that runs and ends: at its times, and whenever a person starts it. */
import { Construct } from 'constructs';
import type { ResolvedJob } from '../../config/resolved/environment';
import type { NetworkHandover } from '../../contracts/handovers';
import { dataAccess } from '../../modules/containers/data-access';
import { JobSchedule } from './job-schedule';
import { FargateTask, type TaskContext } from './task';
import { TaskSecurityGroup } from './task-security-group';

export interface FargateJobProps {
  readonly context: TaskContext;
  readonly clusterArn: string;
  readonly network: NetworkHandover;
  readonly job: ResolvedJob;
}

/** A job's task and firewall, and its schedule when it has one. */
export class FargateJob extends Construct {
  public readonly task: FargateTask;
  public readonly securityGroupId: string;
  /** Holds the runs that could not be started; only with a schedule. */
  public readonly deadLetterQueueName?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FargateJobProps,
  ) {
    super(scope, id);
    const { context, network, job } = props;
    this.task = new FargateTask(this, 'task', { context, container: job, exec: false });
    this.securityGroupId = new TaskSecurityGroup(this, 'security', {
      environment: context.environment,
      workload: job.key,
      network,
      access: dataAccess(job),
    }).id;
    if (job.schedule !== undefined) this.deadLetterQueueName = this.schedule(job.schedule).deadLetterQueueName;
  }

  private schedule(schedule: string): JobSchedule {
    const { context, clusterArn, network, job } = this.props;
    return new JobSchedule(this, 'schedule', {
      environment: context.environment,
      name: job.key,
      schedule,
      clusterArn,
      taskDefinitionArnWithoutRevision: this.task.arnWithoutRevision,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [this.securityGroupId],
      passRoleArns: [this.task.executionRoleArn, this.task.taskRoleArn],
      retries: job.retries,
      accountId: context.accountId,
      keyArn: context.handover.keyArn,
    });
  }
}
