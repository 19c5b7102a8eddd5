/**
 * One task of a job with another image than the released one.
 *
 * Its task definition is a copy in a family of its own, `<family>-release`: a state machine starts the newest revision of the job's
 * family, and Terraform follows it, so a revision there would be what the next run of the schedule and the next plan see. It is
 * deregistered as soon as the task is started, which ends no task.
 */
import { randomUUID } from 'node:crypto';
import type { ECS, RegisterTaskDefinitionCommandInput, Task } from '@aws-sdk/client-ecs';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { ResolvedJob } from '../../config/resolved/environment';
import { SKIPPED_EXIT_CODE, type JobRun } from '../job-runs';
import { watchJob } from '../job-watch';
import type { JobExecution } from './job-execution';
import { jobPlacement, type JobPlacement } from './job-placement';
import { TaskLog } from './task-log';

export interface JobTask extends JobExecution {
  readonly image: string;
  readonly job: ResolvedJob;
}

/** What both families have in common is the name that its copy ends with. */
const copyOf = (family: string): string => `${family}-release`;

export async function runTaskWithImage(run: JobTask): Promise<JobRun> {
  const { aws, key, job, logs, everySeconds, options } = run;
  const { report, signal, detach = false } = options;
  const ecs = await aws.ecs();
  const place = await jobPlacement(aws, key, run.stateMachineArn);
  if (job.concurrency === 'forbid' && (await isActive(ecs, place)))
    return { exitCode: SKIPPED_EXIT_CODE, skipped: true, reason: 'another run is active' };
  const started = await startTask(ecs, place, run);
  const arn = started.taskArn ?? '';
  report(`started ${arn}`);
  if (detach) return { exitCode: 0, id: arn };
  const log = new TaskLog(aws, key, logs, report);
  log.follow(arn);
  const end = performance.now() + job.timeoutSeconds * 1000;
  let late = false;
  const look = async () => {
    const { tasks: [task] = [] } = await ecs.describeTasks({ cluster: place.cluster, tasks: [arn] });
    if (task?.lastStatus === 'STOPPED') return task;
    if (!late && performance.now() > end) {
      late = true;
      const reason = `exceeded timeoutSeconds (${job.timeoutSeconds})`;
      await ecs.stopTask({ cluster: place.cluster, task: arn, reason });
    }
    return undefined;
  };
  const doing = `watching the job ${key}`;
  const stopped = await watchJob({ doing, look, show: () => log.show(), report, everySeconds, signal });
  return { id: arn, ...resultOf(key, stopped) };
}

async function isActive(ecs: ECS, { cluster, family }: JobPlacement): Promise<boolean> {
  const found = await Promise.all(
    [family, copyOf(family)].map((one) => ecs.listTasks({ cluster, family: one, desiredStatus: 'RUNNING' })),
  );
  return found.some(({ taskArns = [] }) => taskArns.length > 0);
}

async function startTask(ecs: ECS, { cluster, family, network }: JobPlacement, { key, image }: JobTask): Promise<Task> {
  const taskDefinition = await register(ecs, family, key, image);
  try {
    const { tasks: [task] = [], failures = [] } = await explained(`starting the job ${key}`, () =>
      ecs.runTask({
        cluster,
        taskDefinition,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: network },
        startedBy: 'terrace',
        clientToken: randomUUID(),
      }),
    );
    if (task !== undefined) return task;
    throw new CommandError(`the job ${key} was not started: ${failures.map(({ reason }) => reason ?? 'no reason').join(', ')}`);
  } finally {
    await ecs.deregisterTaskDefinition({ taskDefinition });
  }
}

/** @returns the ARN of the copy */
async function register(ecs: ECS, family: string, key: string, image: string): Promise<string> {
  const { taskDefinition: released, tags = [] } = await explained(`reading the task definition ${family}`, () =>
    ecs.describeTaskDefinition({ taskDefinition: family, include: ['TAGS'] }),
  );
  const containers = released?.containerDefinitions ?? [];
  if (!containers.some(({ name }) => name === key))
    throw new CommandError(`the task definition ${family} has no container ${key}`);
  const copy: RegisterTaskDefinitionCommandInput = {
    family: copyOf(family),
    containerDefinitions: containers.map((container) => (container.name === key ? { ...container, image } : container)),
    taskRoleArn: released?.taskRoleArn,
    executionRoleArn: released?.executionRoleArn,
    networkMode: released?.networkMode,
    volumes: released?.volumes,
    requiresCompatibilities: released?.requiresCompatibilities,
    cpu: released?.cpu,
    memory: released?.memory,
    ephemeralStorage: released?.ephemeralStorage,
    runtimePlatform: released?.runtimePlatform,
    // ECS refuses an empty list.
    ...(tags.length === 0 ? {} : { tags }),
  };
  const { taskDefinition } = await explained(`registering a task definition with ${image}`, () =>
    ecs.registerTaskDefinition(copy),
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

function resultOf(key: string, { containers = [], stoppedReason, stopCode }: Task): JobRun {
  const container = containers.find(({ name }) => name === key);
  if (container?.exitCode === 0 && stopCode !== 'UserInitiated') return { exitCode: 0 };
  const exitCode = container?.exitCode ?? 0;
  return { exitCode: exitCode === 0 ? 1 : exitCode, reason: container?.reason ?? stoppedReason };
}
