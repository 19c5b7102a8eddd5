/** Starts a job's task at its times, by EventBridge Scheduler; a run that could not be started is kept in a queue. */
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { Construct } from 'constructs';
import { toEventBridge } from '../../config/calculations/cron';
import { resourceName } from '../../config/names';
import { policyJson, type Statement } from '../../modules/iam/policy';
import { ServiceRole } from '../../modules/iam/service-role';

/** How long a run that could not be started is kept: SQS's longest, 14 days. */
const KEPT_SECONDS = 14 * 24 * 3600;

/** A start that is later than this is left out: an hour. The next run is more use than a late one. */
const LATEST_START_SECONDS = 3600;

export interface JobScheduleProps {
  /** The environment's name; begins every name here. */
  readonly environment: string;
  /** The job's key in the environment, such as `pricing-sync`. */
  readonly name: string;
  /** Five cron fields in UTC. */
  readonly schedule: string;
  readonly clusterArn: string;
  /** The family's ARN; without a revision the newest is run. */
  readonly taskDefinitionArnWithoutRevision: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** The task's own role and its execution role: all that the scheduler may hand to ECS. */
  readonly passRoleArns: readonly string[];
  /** Further tries to start a run. A run that started and failed is not repeated. */
  readonly retries: number;
  readonly accountId: string;
  /** Encrypts schedule and queue. @default keys of AWS */
  readonly keyArn?: string;
}

/** The schedule of one job, its role and its dead letters. */
export class JobSchedule extends Construct {
  public readonly scheduleName: string;
  /** Holds the runs that could not be started; whoever watches the environment watches it. */
  public readonly deadLetterQueueName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: JobScheduleProps,
  ) {
    super(scope, id);
    this.scheduleName = resourceName(props.environment, props.name, 'scheduler');
    this.deadLetterQueueName = resourceName(props.environment, `${props.name}-not-started`, 'queue');
    const deadLetters = this.deadLetters();
    const role = this.role(deadLetters.arn);
    this.schedule(role.arn, deadLetters.arn);
  }

  private deadLetters(): SqsQueue {
    const { keyArn } = this.props;
    const queue = new SqsQueue(this, 'not-started', {
      name: this.deadLetterQueueName,
      messageRetentionSeconds: KEPT_SECONDS,
      ...(keyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: keyArn }),
    });
    new SqsQueuePolicy(this, 'tls-only', {
      queueUrl: queue.id,
      policy: policyJson([
        {
          sid: 'TlsOnly',
          effect: 'Deny',
          principals: '*',
          actions: ['sqs:*'],
          resources: [queue.arn],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]),
    });
    return queue;
  }

  private role(deadLetterArn: string): ServiceRole {
    const { environment, name, accountId } = this.props;
    return new ServiceRole(this, 'scheduler', {
      name: resourceName(environment, `${name}-schedule`, 'iamRole'),
      description: `Starts the job ${name} of ${environment}`,
      service: 'scheduler.amazonaws.com',
      trustConditions: { StringEquals: { 'aws:SourceAccount': accountId } },
      statements: this.statements(deadLetterArn),
    });
  }

  private statements(deadLetterArn: string): readonly Statement[] {
    const { clusterArn, taskDefinitionArnWithoutRevision: family, passRoleArns, keyArn } = this.props;
    return [
      {
        sid: 'RunThisJob',
        actions: ['ecs:RunTask'],
        // AWS checks the ARN as the schedule writes it, without revision, and as ECS resolves it, with one.
        resources: [family, `${family}:*`],
        conditions: { ArnEquals: { 'ecs:cluster': clusterArn } },
      },
      {
        sid: 'PassItsRoles',
        actions: ['iam:PassRole'],
        resources: passRoleArns,
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
      { sid: 'KeepWhatDidNotStart', actions: ['sqs:SendMessage'], resources: [deadLetterArn] },
      ...(keyArn === undefined
        ? []
        : [{ sid: 'UseTheKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [keyArn] }]),
    ];
  }

  private schedule(roleArn: string, deadLetterArn: string): void {
    const { environment, name, schedule, keyArn, clusterArn, retries, subnetIds, securityGroupIds } = this.props;
    new SchedulerSchedule(this, 'schedule', {
      name: this.scheduleName,
      description: `Starts the job ${name} of ${environment} at "${schedule}" UTC`,
      scheduleExpression: toEventBridge(schedule),
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: keyArn,
      target: {
        arn: clusterArn,
        roleArn,
        ecsParameters: {
          taskDefinitionArn: this.props.taskDefinitionArnWithoutRevision,
          launchType: 'FARGATE',
          taskCount: 1,
          networkConfiguration: { subnets: [...subnetIds], securityGroups: [...securityGroupIds], assignPublicIp: false },
        },
        retryPolicy: { maximumRetryAttempts: retries, maximumEventAgeInSeconds: LATEST_START_SECONDS },
        deadLetterConfig: { arn: deadLetterArn },
      },
    });
  }
}
