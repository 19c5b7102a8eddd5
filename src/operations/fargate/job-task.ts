/**
 * One task of a job with another image than the released one.
 *
 * Its task definition is a copy in a family of its own, `<family>-release`: a state machine starts the newest revision of the job's
 * family, and Terraform follows it, so a revision there would be what the next run of the schedule and the next plan see. It is
 * deregistered as soon as the task is started, which ends no task.
 */
import { randomUUID } from 'node:crypto';
import type { ECS, RegisterTaskDefinitionCommandInput, Task } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { ResolvedJob } from '../../config/resolved/environment';
import { SKIPPED_EXIT_CODE, type JobRun } from '../job-runs';
import { watchJob } from '../job-watch';
import type { JobExecution } from './job-execution';
import { TaskLog } from './task-log';

export interface JobTask extends JobExecution {
  readonly image: string;
  readonly job: ResolvedJob;
}

/** The part of a job's state machine that says where its tasks run (src/tiers/fargate/job-workflow.ts). */
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

type Place = z.output<typeof workflow>['States']['Run']['Arguments'];

/** What both families have in common is the name that its copy ends with. */
const copyOf = (family: string): string => `${family}-release`;

export async function runTaskWithImage(run: JobTask): Promise<JobRun> {
  const { aws, key, job, logs, everySeconds, options } = run;
  const { report, signal, detach = false } = options;
  const ecs = await aws.ecs();
  const place = await placeOf(run);
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
    const { tasks: [task] = [] } = await ecs.describeTasks({ cluster: place.Cluster, tasks: [arn] });
    if (task?.lastStatus === 'STOPPED') return task;
    if (!late && performance.now() > end) {
      late = true;
      const reason = `exceeded timeoutSeconds (${job.timeoutSeconds})`;
      await ecs.stopTask({ cluster: place.Cluster, task: arn, reason });
    }
    return undefined;
  };
  const doing = `watching the job ${key}`;
  const stopped = await watchJob({ doing, look, show: () => log.show(), report, everySeconds, signal });
  return { id: arn, ...resultOf(key, stopped) };
}

/** Cluster, family and network of a job's own runs. */
async function placeOf({ aws, key, stateMachineArn }: JobTask): Promise<Place> {
  const functions = await aws.sfn();
  const { definition = '' } = await explained(`reading the state machine of ${key}`, () =>
    functions.describeStateMachine({ stateMachineArn }),
  );
  const parsed = workflow.safeParse(JSON.parse(definition));
  if (parsed.success) return parsed.data.States.Run.Arguments;
  throw new CommandError(
    `the state machine ${stateMachineArn} is not one of this version\n  fix   deploy the environment, then run the job again`,
  );
}

async function isActive(ecs: ECS, { Cluster: cluster, TaskDefinition: family }: Place): Promise<boolean> {
  const found = await Promise.all(
    [family, copyOf(family)].map((one) => ecs.listTasks({ cluster, family: one, desiredStatus: 'RUNNING' })),
  );
  return found.some(({ taskArns = [] }) => taskArns.length > 0);
}

async function startTask(ecs: ECS, place: Place, { key, image }: JobTask): Promise<Task> {
  const { Subnets: subnets, SecurityGroups: securityGroups } = place.NetworkConfiguration.AwsvpcConfiguration;
  const taskDefinition = await register(ecs, place.TaskDefinition, key, image);
  try {
    const { tasks: [task] = [], failures = [] } = await explained(`starting the job ${key}`, () =>
      ecs.runTask({
        cluster: place.Cluster,
        taskDefinition,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp: 'DISABLED' } },
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
