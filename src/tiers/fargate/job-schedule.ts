/** Starts a job at its times, by EventBridge Scheduler; a run that could not be started is kept in a queue. */
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { Construct } from 'constructs';
import { toEventBridge } from '../../config/calculations/cron';
import { resourceName } from '../../config/names';
import { policyJson, tlsOnly, type Statement } from '../../modules/iam/policy';
import { ServiceRole } from '../../modules/iam/service-role';

/** How long a run that could not be started is kept: SQS's longest, 14 days. */
const KEPT_SECONDS = 14 * 24 * 3600;

/** A start that is later than this is skipped: the next run is more use than a late one. */
const LATEST_START_SECONDS = 3600;

export interface JobScheduleProps {
  /** The environment's name; begins every name here. */
  readonly environment: string;
  /** The job's key in the environment, such as `pricing-sync`. */
  readonly name: string;
  /** Five cron fields. */
  readonly schedule: string;
  /** The time zone of `schedule`, of the IANA database. */
  readonly timezone: string;
  /** The state machine that runs the job. */
  readonly stateMachineArn: string;
  /** Further attempts to start an execution. Attempts to start the task are the state machine's. */
  readonly retries: number;
  readonly region: string;
  readonly accountId: string;
  /** Encrypts schedule and queue. @default keys of AWS */
  readonly keyArn?: string;
}

/** The schedule of one job, its role and its dead letters. */
export class JobSchedule extends Construct {
  public readonly scheduleName: string;
  /** Holds the runs that could not be started; observability watches it. */
  public readonly deadLetterQueueName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: JobScheduleProps,
  ) {
    super(scope, id);
    this.scheduleName = resourceName(props.environment, props.name, 'scheduler');
    this.deadLetterQueueName = resourceName(props.environment, `${props.name}-not-started`, 'queue');
    const deadLetters = this.createDeadLetters();
    const role = this.createRole(deadLetters.arn);
    this.createSchedule(role.arn, deadLetters.arn);
  }

  private createDeadLetters(): SqsQueue {
    const { keyArn } = this.props;
    const queue = new SqsQueue(this, 'not-started', {
      name: this.deadLetterQueueName,
      messageRetentionSeconds: KEPT_SECONDS,
      ...(keyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: keyArn }),
    });
    new SqsQueuePolicy(this, 'tls-only', { queueUrl: queue.id, policy: policyJson([tlsOnly(['sqs:*'], [queue.arn])]) });
    return queue;
  }

  private createRole(deadLetterArn: string): ServiceRole {
    const { environment, name, region, accountId } = this.props;
    return new ServiceRole(this, 'scheduler', {
      name: resourceName(environment, `${name}-schedule`, 'iamRole'),
      description: `Starts the job ${name} of ${environment}`,
      service: 'scheduler.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        // The schedule's group, not the schedule (EventBridge Scheduler user guide, "Confused deputy prevention").
        ArnEquals: { 'aws:SourceArn': `arn:aws:scheduler:${region}:${accountId}:schedule-group/default` },
      },
      statements: this.statements(deadLetterArn),
    });
  }

  private statements(deadLetterArn: string): readonly Statement[] {
    const { stateMachineArn, keyArn } = this.props;
    return [
      { sid: 'RunThisJob', actions: ['states:StartExecution'], resources: [stateMachineArn] },
      { sid: 'KeepWhatDidNotStart', actions: ['sqs:SendMessage'], resources: [deadLetterArn] },
      ...(keyArn === undefined
        ? []
        : [{ sid: 'UseTheKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [keyArn] }]),
    ];
  }

  private createSchedule(roleArn: string, deadLetterArn: string): void {
    const { environment, name, schedule, timezone, stateMachineArn, keyArn, retries } = this.props;
    new SchedulerSchedule(this, 'schedule', {
      name: this.scheduleName,
      description: `Starts the job ${name} of ${environment} at "${schedule}" ${timezone}`,
      scheduleExpression: toEventBridge(schedule),
      scheduleExpressionTimezone: timezone,
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: keyArn,
      target: {
        arn: stateMachineArn,
        roleArn,
        input: JSON.stringify({ startedBy: 'schedule' }),
        retryPolicy: { maximumRetryAttempts: retries, maximumEventAgeInSeconds: LATEST_START_SECONDS },
        deadLetterConfig: { arn: deadLetterArn },
      },
    });
  }
}
