/** One script as a task on Fargate, from its own task definition to its result in the log. Nothing of it stays. */
import type { RegisterTaskDefinitionCommandInput, Secret, TaskDefinition } from '@aws-sdk/client-ecs';
import { explained, isAwsError } from '../../aws/errors';
import { pause, waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import type { ScriptOptions, ScriptResult } from '../database-place';
import { readEnvelope } from '../script-envelope';
import type { Target } from '../target';
import type { JobPlacement } from './job-placement';
import { taskId } from './task-log';
import { passSecrets } from './task-secrets';

const POLLING_SECONDS = 5;

/** Seconds in which Fargate starts a task, and pulls its image. */
const START_SECONDS = 300;

/** Seconds until CloudWatch has the last lines of a task that has ended. */
const LOG_SECONDS = 60;

export interface ScriptTask extends Pick<JobPlacement, 'cluster' | 'network'> {
  /** What its definition is derived from: its secrets can pass others, and it says where the log is. */
  readonly job: TaskDefinition;
  /** The name of the container, here and there. */
  readonly container: string;
  /** A family of its own: the newest revision of the job's is what the job runs. */
  readonly define: (secrets: Secret[]) => RegisterTaskDefinitionCommandInput;
}

/** @throws CommandError where the task does not start, or ends without a result */
export async function runScriptTask(target: Target, task: ScriptTask, options: ScriptOptions): Promise<ScriptResult> {
  const { cluster, network, job, container, define } = task;
  const ecs = await target.aws.ecs();
  const passed = await passSecrets(target, job, options.secrets ?? {});
  let running: string | undefined;
  try {
    running = await start(target, { cluster, network }, define(passed.variables));
    return await follow(target, { cluster, task: running, log: logOf(job, container, running) }, options);
  } finally {
    // After an interruption it would go on; a task that has ended is left as it is.
    if (running !== undefined) await ecs.stopTask({ cluster, task: running, reason: 'terrace' }).catch(() => undefined);
    await passed.forget();
  }
}

/** @returns the task. Its definition is not needed any more: deregistering it ends no task */
async function start(
  target: Target,
  { cluster, network }: Pick<ScriptTask, 'cluster' | 'network'>,
  definition: RegisterTaskDefinitionCommandInput,
): Promise<string> {
  const ecs = await target.aws.ecs();
  await removeForgotten(target, definition.family ?? '');
  const { taskDefinition: own } = await explained('registering a task definition', () => ecs.registerTaskDefinition(definition));
  const taskDefinition = own?.taskDefinitionArn ?? '';
  try {
    const started = await explained(`starting a task of ${target.name}`, () =>
      ecs.runTask({
        cluster,
        taskDefinition,
        launchType: 'FARGATE',
        startedBy: 'terrace-script',
        networkConfiguration: { awsvpcConfiguration: network },
      }),
    );
    const task = started.tasks?.[0]?.taskArn;
    if (task !== undefined) return task;
    throw new CommandError(`ECS started no task: ${started.failures?.[0]?.reason ?? 'no reason given'}`);
  } finally {
    await ecs.deregisterTaskDefinition({ taskDefinition }).catch(() => undefined);
  }
}

/** Definitions of a command that was killed right after it had registered one. */
async function removeForgotten({ aws }: Target, familyPrefix: string): Promise<void> {
  const ecs = await aws.ecs();
  const { taskDefinitionArns: left = [] } = await explained(`listing the task definitions of ${familyPrefix}`, () =>
    ecs.listTaskDefinitions({ familyPrefix, status: 'ACTIVE' }),
  );
  for (const taskDefinition of left) await ecs.deregisterTaskDefinition({ taskDefinition }).catch(() => undefined);
}

interface Log {
  readonly group: string;
  readonly stream: string;
}

/** ECS names the stream of a container after the task. */
function logOf({ containerDefinitions = [] }: TaskDefinition, name: string, task: string): Log {
  const options = containerDefinitions.find((one) => one.name === name)?.logConfiguration?.options ?? {};
  const stream = `${options['awslogs-stream-prefix'] ?? ''}/${name}/${taskId(task)}`;
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
