/**
 * Scripts next to the database of an environment on Fargate: tasks like those of the job `database-init`, with its network, roles and
 * login.
 *
 * A run has its own task definition, because a script needs room to write, which no override of `RunTask` gives, and because
 * overrides are limited to 8,192 characters. It is not of the job's family, whose newest revision is what the job runs.
 */
import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';
import { explained, isAwsError } from '../../aws/errors';
import { pause, waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { DATABASE_INIT_KEY } from '../../config/names';
import type { DatabasePlace, ScriptOptions, ScriptResult } from '../database-place';
import { ENVELOPE, packed, readEnvelope, SCRIPT_VARIABLE } from '../script-envelope';
import { checkAccount, type Target } from '../target';
import { jobPlacement, jobStateMachineArn, type JobPlacement } from './job-placement';
import { taskId } from './task-log';
import { passSecrets, type PassedSecrets } from './task-secrets';

/** Of a task that copies a database: compression needs processor time, and Fargate starts it within a minute either way. */
const SIZE = { cpu: '2048', memory: '4096' };

/** Room for a dump. Fargate's largest. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html */
const STORAGE_GIB = 200;

const POLLING_SECONDS = 5;

/** Seconds in which Fargate starts a task, and pulls its image. */
const START_SECONDS = 300;

/** Seconds until CloudWatch has the last lines of a task that has ended. */
const LOG_SECONDS = 60;

export async function fargateDatabasePlace(target: Target): Promise<DatabasePlace> {
  if (target.environment.data.database?.placement !== 'managed')
    throw new CommandError(`the database of ${target.name} is on a host`);
  const machine = jobStateMachineArn(target, await checkAccount(target), DATABASE_INIT_KEY);
  const placement = await jobPlacement(target.aws, DATABASE_INIT_KEY, machine);
  return { name: `a task of ${target.name}`, run: (script, options) => runScript(target, placement, script, options) };
}

async function runScript(
  target: Target,
  { cluster, family, network }: JobPlacement,
  script: string,
  options: ScriptOptions,
): Promise<ScriptResult> {
  const ecs = await target.aws.ecs();
  const { taskDefinition: job } = await explained(`reading the task definition ${family}`, () =>
    ecs.describeTaskDefinition({ taskDefinition: family }),
  );
  if (job === undefined) throw new CommandError(`there is no task definition ${family}`);
  const passed = await passSecrets(target, job, options.secrets ?? {});
  let arn: string | undefined;
  let task: string | undefined;
  try {
    const { taskDefinition: own } = await explained('registering a task definition', () =>
      ecs.registerTaskDefinition(definitionFor(job, script, passed.variables)),
    );
    arn = own?.taskDefinitionArn ?? '';
    const definition = arn;
    const started = await explained(`starting a task of ${target.name}`, () =>
      ecs.runTask({
        cluster,
        taskDefinition: definition,
        launchType: 'FARGATE',
        startedBy: 'terrace-script',
        networkConfiguration: { awsvpcConfiguration: network },
      }),
    );
    task = started.tasks?.[0]?.taskArn;
    if (task === undefined) throw new CommandError(`ECS started no task: ${started.failures?.[0]?.reason ?? 'no reason given'}`);
    return await follow(target, { cluster, task, log: logOf(job, task) }, options);
  } finally {
    // After an interruption it would go on; a task that has ended is left as it is.
    if (task !== undefined) await ecs.stopTask({ cluster, task, reason: 'terrace' }).catch(() => undefined);
    if (arn !== undefined) await ecs.deregisterTaskDefinition({ taskDefinition: arn }).catch(() => undefined);
    await passed.forget();
  }
}

/** The job's task, with another command, room to write, and more of processor and memory. */
function definitionFor(
  job: TaskDefinition,
  script: string,
  secrets: PassedSecrets['variables'],
): RegisterTaskDefinitionCommandInput {
  const [container, ...others] = job.containerDefinitions ?? [];
  if (container === undefined || others.length > 0) throw new CommandError(`${job.family} is not the job ${DATABASE_INIT_KEY}`);
  return {
    family: `${job.family ?? ''}-script`,
    executionRoleArn: job.executionRoleArn,
    taskRoleArn: job.taskRoleArn,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    runtimePlatform: job.runtimePlatform,
    ...SIZE,
    ephemeralStorage: { sizeInGiB: STORAGE_GIB },
    containerDefinitions: [
      {
        ...container,
        cpu: 0,
        memory: undefined,
        memoryReservation: undefined,
        readonlyRootFilesystem: false,
        entryPoint: ['sh', '-c'],
        command: [ENVELOPE],
        secrets: [...(container.secrets ?? []), ...secrets],
        environment: [...(container.environment ?? []), { name: SCRIPT_VARIABLE, value: packed(script) }],
      },
    ],
  };
}

interface Log {
  readonly group: string;
  readonly stream: string;
}

/** ECS names the stream of a container after the task. */
function logOf({ containerDefinitions: [container] = [] }: TaskDefinition, task: string): Log {
  const options = container?.logConfiguration?.options ?? {};
  const stream = `${options['awslogs-stream-prefix'] ?? ''}/${container?.name ?? ''}/${taskId(task)}`;
  return { group: options['awslogs-group'] ?? '', stream };
}

interface Running {
  readonly cluster: string;
  readonly task: string;
  readonly log: Log;
}

async function follow(target: Target, { cluster, task, log }: Running, options: ScriptOptions): Promise<ScriptResult> {
  const { timeoutSeconds, signal, report } = options;
  const ecs = await target.aws.ecs();
  const lines = linesOf(target, log);
  let shown = 0;
  const readLog = async (): Promise<ScriptResult | undefined> => {
    const { errors, result } = readEnvelope(await lines());
    for (const line of errors.slice(shown)) report?.(line);
    shown = errors.length;
    return result;
  };
  const ended = await waitFor(
    async () => {
      const { tasks: [found] = [] } = await explained('looking at the task', () => ecs.describeTasks({ cluster, tasks: [task] }));
      if (found?.lastStatus !== 'STOPPED') return void (await readLog());
      return found;
    },
    { everySeconds: POLLING_SECONDS, timeoutSeconds: timeoutSeconds + START_SECONDS, signal },
  );
  for (let waited = 0; ; waited += POLLING_SECONDS) {
    const result = await readLog();
    if (result !== undefined) return result;
    if (waited >= LOG_SECONDS) break;
    await pause(POLLING_SECONDS, signal);
  }
  const reason = ended.stoppedReason ?? ended.containers?.[0]?.reason ?? 'no reason given';
  throw new CommandError(`the task ${task} ended without a result: ${reason}\n  log   ${log.group}, stream ${log.stream}`);
}

/** The lines of a stream so far; each look reads on where the last one ended. */
function linesOf({ aws }: Target, { group, stream }: Log): () => Promise<readonly string[]> {
  const lines: string[] = [];
  let nextToken: string | undefined;
  return async () => {
    const logs = await aws.cloudWatchLogs();
    for (;;) {
      const page = await logs
        .getLogEvents({ logGroupName: group, logStreamName: stream, startFromHead: true, nextToken })
        // The stream exists from the first line on.
        .catch((error: unknown) => {
          if (isAwsError(error, 'ResourceNotFoundException')) return { events: [], nextForwardToken: nextToken };
          throw error;
        });
      lines.push(...(page.events ?? []).map(({ message = '' }) => message));
      // CloudWatch returns the same token at the end.
      if (page.nextForwardToken === undefined || page.nextForwardToken === nextToken) return lines;
      nextToken = page.nextForwardToken;
    }
  };
}
