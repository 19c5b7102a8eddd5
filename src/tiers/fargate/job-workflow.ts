/**
 * What happens in one run of a job, as a workflow of Step Functions. Pure: values may be Terraform references.
 *
 *   [See -> IsAsleep -> LeftOut]         a run of the schedule is left out while the environment is to be asleep
 *   [FindRuns -> IsRunning -> Skipped]   with `forbid`: a run is skipped while another task of the job is active
 *   Run                                  starts the task and waits for its end, at most `timeoutSeconds`; with `taskDefinition` in
 *                                        the input of the execution that one, otherwise the newest of the job
 *   HasStarted -> Pause -> Run           again, while the task could not be started, `retries` times
 *   HasStarted -> Failed                 the task ended with an error, or could not be started at all
 *   FindLate -> StopLate -> TimedOut     stops the task at the limit
 *
 * AWS promises to stop the task of an execution that is stopped, not the one of a state that times out; hence the last line.
 */
import { imageRunFamily } from '../../config/names';
import { isWanted, readWanted } from '../../modules/sleep/workflow';

/** Seconds before a task that could not be started is tried again. */
const PAUSE_SECONDS = 60;

/** The state times from before the task exists: a task may be this many seconds younger than the limit. */
const YOUNGER_SECONDS = 60;

/** Throttling and short outages of ECS's API: 2, 4, 8, 16 seconds apart. */
const RETRY_CALLS = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 2 }];

const INPUT = '$states.context.Execution.Input';

/** The role of the state machine may run task definitions of the job only, whatever the input says. */
const TASK_DEFINITION = `{% $exists(${INPUT}.taskDefinition) ? ${INPUT}.taskDefinition : $family %}`;

export interface JobWorkflowProps {
  readonly clusterArn: string;
  /** The task family; its newest revision is run, unless the input names another task definition. */
  readonly family: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly concurrency: 'allow' | 'forbid';
  readonly timeoutSeconds: number;
  /** Further attempts for a task that could not be started. */
  readonly retries: number;
  /** The parameter that says whether the environment is to be asleep. @default it never sleeps */
  readonly sleepParameterName?: string;
}

/** The workflow in the Amazon States Language, with expressions in JSONata. */
export function jobWorkflow(props: JobWorkflowProps): object {
  const { family, concurrency, sleepParameterName } = props;
  // `npm run run` reads the family here.
  const begun = { failedStarts: 0, family };
  const first = concurrency === 'forbid' ? 'FindRuns' : 'Run';
  return {
    Comment: `One run of ${family}`,
    QueryLanguage: 'JSONata',
    StartAt: sleepParameterName === undefined ? 'Begin' : 'IsScheduled',
    States: {
      ...(sleepParameterName === undefined ? {} : sleepStates(sleepParameterName)),
      Begin: { Type: 'Pass', Assign: begun, Next: first },
      ...(concurrency === 'forbid' ? skipStates(props) : {}),
      ...runStates(props, first),
      ...timeoutStates(props),
    },
  };
}

/** Runs that a person starts take place. So does a run of the schedule when no one can say whether the environment is asleep. */
function sleepStates(parameterName: string): Readonly<Record<string, object>> {
  return {
    IsScheduled: {
      Type: 'Choice',
      Choices: [{ Condition: "{% $states.input.startedBy = 'schedule' %}", Next: 'See' }],
      Default: 'Begin',
    },
    See: readWanted(parameterName, {
      Retry: RETRY_CALLS,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Begin' }],
      Next: 'IsAsleep',
    }),
    IsAsleep: { Type: 'Choice', Choices: [{ Condition: isWanted('asleep'), Next: 'LeftOut' }], Default: 'Begin' },
    LeftOut: { Type: 'Succeed', Output: { skipped: 'the environment is asleep' } },
  };
}

/** Tasks of both families: those that run the released image, and those with another. Under `tasks` for the state that follows. */
function listTasks(name: string, { clusterArn, family }: JobWorkflowProps, next: string): Readonly<Record<string, object>> {
  const list = {
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:ecs:listTasks',
    Retry: RETRY_CALLS,
  };
  const withImage = `${name}WithImage`;
  return {
    [name]: {
      ...list,
      Arguments: { Cluster: clusterArn, Family: family, DesiredStatus: 'RUNNING' },
      Assign: { found: '{% [$states.result.TaskArns] %}' },
      Next: withImage,
    },
    [withImage]: {
      ...list,
      Arguments: { Cluster: clusterArn, Family: imageRunFamily(family), DesiredStatus: 'RUNNING' },
      Output: { tasks: '{% [$found, $states.result.TaskArns] %}' },
      Next: next,
    },
  };
}

function skipStates(props: JobWorkflowProps): Readonly<Record<string, object>> {
  return {
    ...listTasks('FindRuns', props, 'IsRunning'),
    IsRunning: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $count($states.input.tasks) > 0 %}', Next: 'Skipped' }],
      Default: 'Run',
    },
    Skipped: { Type: 'Succeed', Output: { skipped: 'another run is active' } },
  };
}

function runStates(
  { clusterArn, subnetIds, securityGroupId, timeoutSeconds, retries }: JobWorkflowProps,
  first: string,
): Readonly<Record<string, object>> {
  // Any other error than a failed task is a refused call, or a failure in the answer of RunTask.
  const hasNotStarted = "$states.input.Error != 'States.TaskFailed' or $contains($states.input.Cause, 'TaskFailedToStart')";
  return {
    Run: {
      Type: 'Task',
      Resource: 'arn:aws:states:::ecs:runTask.sync',
      TimeoutSeconds: timeoutSeconds,
      Arguments: {
        Cluster: clusterArn,
        TaskDefinition: TASK_DEFINITION,
        LaunchType: 'FARGATE',
        NetworkConfiguration: {
          AwsvpcConfiguration: { Subnets: subnetIds, SecurityGroups: [securityGroupId], AssignPublicIp: 'DISABLED' },
        },
      },
      Output: { ExitCode: '{% $states.result.Containers[0].ExitCode %}' },
      Catch: [
        { ErrorEquals: ['States.Timeout'], Next: 'FindLate' },
        { ErrorEquals: ['States.ALL'], Next: 'HasStarted' },
      ],
      End: true,
    },
    HasStarted: {
      Type: 'Choice',
      Choices: [{ Condition: `{% $failedStarts < ${retries} and (${hasNotStarted}) %}`, Next: 'Pause' }],
      Default: 'Failed',
    },
    Pause: { Type: 'Wait', Seconds: PAUSE_SECONDS, Assign: { failedStarts: '{% $failedStarts + 1 %}' }, Next: first },
    Failed: {
      Type: 'Fail',
      Error: '{% $states.input.Error %}',
      Cause: "{% $exists($states.input.Cause) ? $states.input.Cause : 'no cause was given' %}",
    },
  };
}

/** Stops every task of the job that is as old as the limit, however it was started. */
function timeoutStates(props: JobWorkflowProps): Readonly<Record<string, object>> {
  const { clusterArn, timeoutSeconds } = props;
  const lateMillis = Math.max(0, timeoutSeconds - YOUNGER_SECONDS) * 1000;
  return {
    ...listTasks('FindLate', props, 'StopLate'),
    StopLate: {
      Type: 'Map',
      Items: '{% $states.input.tasks %}',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'Describe',
        States: {
          Describe: {
            Type: 'Task',
            Resource: 'arn:aws:states:::aws-sdk:ecs:describeTasks',
            Arguments: { Cluster: clusterArn, Tasks: ['{% $states.input %}'] },
            Output: '{% $states.result.Tasks[0] %}',
            Retry: RETRY_CALLS,
            Next: 'IsLate',
          },
          IsLate: {
            Type: 'Choice',
            Choices: [{ Condition: `{% $toMillis($states.input.CreatedAt) <= $millis() - ${lateMillis} %}`, Next: 'Stop' }],
            Default: 'Leave',
          },
          Stop: {
            Type: 'Task',
            Resource: 'arn:aws:states:::aws-sdk:ecs:stopTask',
            Arguments: {
              Cluster: clusterArn,
              Task: '{% $states.input.TaskArn %}',
              Reason: `exceeded timeoutSeconds (${timeoutSeconds})`,
            },
            Output: {},
            Retry: RETRY_CALLS,
            End: true,
          },
          Leave: { Type: 'Succeed' },
        },
      },
      Next: 'TimedOut',
    },
    TimedOut: {
      Type: 'Fail',
      Error: 'TimedOut',
      Cause: `The run exceeded timeoutSeconds (${timeoutSeconds}) and was stopped`,
    },
  };
}
