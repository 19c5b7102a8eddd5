/**
 * Scripts next to the database of an environment on Fargate: tasks like those of the job `database-init`, with its network, roles and
 * login.
 *
 * A run has its own task definition, because a script needs room to write, which no override of `RunTask` gives, and because
 * overrides are limited to 8,192 characters. It is not of the job's family, whose newest revision is what the job runs.
 */
import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { explained } from '../../aws/errors';
import { pause, waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { DATABASE_INIT_KEY, jobStateMachineName } from '../../config/names';
import type { DatabasePlace, ScriptOptions, ScriptResult } from '../database-place';
import { ENVELOPE, packed, readEnvelope, SCRIPT_VARIABLE } from '../script-envelope';
import { checkAccount, type Target } from '../target';
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

/** What the state machine of a job says about its runs (src/tiers/fargate/job-workflow.ts). */
const workflow = z.object({
  States: z.object({
    Run: z.object({
      Arguments: z.object({
        Cluster: z.string(),
        TaskDefinition: z.string(),
        NetworkConfiguration: z.object({
          AwsvpcConfiguration: z.object({ Subnets: z.array(z.string()), SecurityGroups: z.array(z.string()) }),
        }),
      }),
    }),
  }),
});

interface Runs {
  readonly cluster: string;
  readonly family: string;
  readonly subnets: string[];
  readonly securityGroups: string[];
}

export async function fargateDatabasePlace(target: Target): Promise<DatabasePlace> {
  const runs = await runsOf(target);
  return { name: `a task of ${target.name}`, run: (script, options) => runScript(target, runs, script, options) };
}

async function runsOf(target: Target): Promise<Runs> {
  const { environment, aws, name } = target;
  if (environment.data.database?.placement !== 'managed') throw new CommandError(`the database of ${name} is on a host`);
  const { region } = environment.identity;
  const machine = `arn:aws:states:${region}:${await checkAccount(target)}:stateMachine:${jobStateMachineName(name, DATABASE_INIT_KEY)}`;
  const sfn = await aws.sfn();
  const { definition = '{}' } = await explained(`looking for the job ${DATABASE_INIT_KEY} of ${name}`, () =>
    sfn.describeStateMachine({ stateMachineArn: machine }),
  );
  const parsed = workflow.safeParse(JSON.parse(definition));
  if (!parsed.success)
    throw new CommandError(`${machine} is not the state machine of a job: deploy ${name}-compute-fargate again`);
  const { Cluster: cluster, TaskDefinition: family, NetworkConfiguration: network } = parsed.data.States.Run.Arguments;
  const { Subnets: subnets, SecurityGroups: securityGroups } = network.AwsvpcConfiguration;
  return { cluster, family, subnets, securityGroups };
}

async function runScript(target: Target, runs: Runs, script: string, options: ScriptOptions): Promise<ScriptResult> {
  const ecs = await target.aws.ecs();
  const { taskDefinition: job } = await explained(`reading the task definition ${runs.family}`, () =>
    ecs.describeTaskDefinition({ taskDefinition: runs.family }),
  );
  if (job === undefined) throw new CommandError(`there is no task definition ${runs.family}`);
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
        cluster: runs.cluster,
        taskDefinition: definition,
        launchType: 'FARGATE',
        startedBy: 'terrace-script',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: runs.subnets, securityGroups: runs.securityGroups, assignPublicIp: 'DISABLED' },
        },
      }),
    );
    task = started.tasks?.[0]?.taskArn;
    if (task === undefined) throw new CommandError(`ECS started no task: ${started.failures?.[0]?.reason ?? 'no reason given'}`);
    return await follow(target, { cluster: runs.cluster, task, log: logOf(job, task) }, options);
  } finally {
    // After an interruption it would go on; a task that has ended is left as it is.
    if (task !== undefined) await ecs.stopTask({ cluster: runs.cluster, task, reason: 'terrace' }).catch(() => undefined);
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
  const stream = `${options['awslogs-stream-prefix'] ?? ''}/${container?.name ?? ''}/${task.split('/').at(-1) ?? ''}`;
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
  let shown = 0;
  const readLog = async (): Promise<ScriptResult | undefined> => {
    const { errors, result } = readEnvelope(await linesOf(target, log));
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

async function linesOf({ aws }: Target, { group, stream }: Log): Promise<readonly string[]> {
  const logs = await aws.cloudWatchLogs();
  const lines: string[] = [];
  for (let nextToken: string | undefined; ;) {
    const page = await logs
      .getLogEvents({ logGroupName: group, logStreamName: stream, startFromHead: true, nextToken })
      // The stream exists from the first line on.
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === 'ResourceNotFoundException')
          return { events: [], nextForwardToken: nextToken };
        throw error;
      });
    lines.push(...(page.events ?? []).map(({ message = '' }) => message));
    // CloudWatch returns the same token at the end.
    if (page.nextForwardToken === undefined || page.nextForwardToken === nextToken) return lines;
    nextToken = page.nextForwardToken;
  }
}
