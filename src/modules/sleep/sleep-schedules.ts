/** What starts the state machine of sleep: two schedules, and the notice of AWS that it starts a database that was stopped. */
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { Construct } from 'constructs';
import { toEventBridge } from '../../config/calculations/cron';
import { resourceName } from '../../config/names';
import { ServiceRole } from '../iam/service-role';
import { AGAIN, type Wanted } from './workflow';

/** Attempts to start an execution, within an hour: later, a person may want something else. */
const START_ATTEMPTS = 5;
const LATEST_START_SECONDS = 3600;

/** "The DB instance is being started due to it exceeding the maximum allowed time being stopped." Source: RDS user guide. */
const STARTED_BY_AWS = 'RDS-EVENT-0154';

export interface SleepSchedulesProps {
  /** The environment's name; begins every name here. */
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  /** Five cron fields. */
  readonly from: string;
  /** Five cron fields. */
  readonly until: string;
  readonly timezone: string;
  /** The two state machines. */
  readonly sleepArn: string;
  readonly wakeArn: string;
  /** The RDS instance that sleeps. @default none */
  readonly database?: string;
  /** Encrypts the schedules. @default a key of AWS */
  readonly keyArn?: string;
}

/** Starts executions of the state machine and nothing else. */
export class SleepSchedules extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: SleepSchedulesProps,
  ) {
    super(scope, id);
    const { arn } = this.createScheduleRole();
    this.createSchedule('asleep', props.from, props.sleepArn, arn);
    this.createSchedule('awake', props.until, props.wakeArn, arn);
    if (props.database !== undefined) this.createRepetition(props.database);
  }

  private createScheduleRole(): ServiceRole {
    const { environment, region, accountId, sleepArn, wakeArn, keyArn } = this.props;
    return new ServiceRole(this, 'scheduler', {
      name: resourceName(environment, 'sleep-schedule', 'iamRole'),
      description: `Starts sleep and waking of ${environment}`,
      service: 'scheduler.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnEquals: { 'aws:SourceArn': `arn:aws:scheduler:${region}:${accountId}:schedule-group/default` },
      },
      statements: [
        { sid: 'SwitchThisEnvironment', actions: ['states:StartExecution'], resources: [sleepArn, wakeArn] },
        ...(keyArn === undefined ? [] : [{ sid: 'ReadTheSchedule', actions: ['kms:Decrypt'], resources: [keyArn] }]),
      ],
    });
  }

  private createSchedule(wanted: Wanted, schedule: string, arn: string, roleArn: string): void {
    const { environment, timezone, keyArn } = this.props;
    new SchedulerSchedule(this, wanted, {
      name: resourceName(environment, wanted, 'scheduler'),
      description: `${environment} is ${wanted} from "${schedule}" ${timezone}`,
      scheduleExpression: toEventBridge(schedule),
      scheduleExpressionTimezone: timezone,
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: keyArn,
      target: {
        arn,
        roleArn,
        retryPolicy: { maximumRetryAttempts: START_ATTEMPTS, maximumEventAgeInSeconds: LATEST_START_SECONDS },
      },
    });
  }

  /** AWS starts an instance that has been stopped for seven days; it is stopped again while the environment is to be asleep. */
  private createRepetition(database: string): void {
    const { environment, region, accountId, sleepArn } = this.props;
    const ruleName = resourceName(environment, 'sleep-again', 'eventRule');
    const rule = new CloudwatchEventRule(this, 'again', {
      name: ruleName,
      description: `AWS starts the database of ${environment} after seven days: it is stopped again while nothing else is wanted`,
      eventPattern: JSON.stringify({
        source: ['aws.rds'],
        'detail-type': ['RDS DB Instance Event'],
        detail: { SourceIdentifier: [database], EventID: [STARTED_BY_AWS] },
      }),
    });
    const role = new ServiceRole(this, 'again-role', {
      name: resourceName(environment, 'sleep-again', 'iamRole'),
      description: `Stops the database of ${environment} again`,
      service: 'events.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: { 'aws:SourceArn': `arn:aws:events:${region}:${accountId}:rule/${ruleName}` },
      },
      statements: [{ sid: 'StartThis', actions: ['states:StartExecution'], resources: [sleepArn] }],
    });
    const input = JSON.stringify(AGAIN);
    new CloudwatchEventTarget(this, 'again-target', { rule: rule.name, arn: sleepArn, roleArn: role.arn, input });
  }
}
