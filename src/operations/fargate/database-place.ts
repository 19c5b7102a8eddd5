/**
 * Scripts next to the database of an environment on Fargate: tasks like those of the job `database-init`, with its network, roles and
 * login.
 *
 * A run has its own task definition, because a script needs room to write, which no override of `RunTask` gives, and because
 * overrides are limited to 8,192 characters. It is not of the job's family, whose newest revision is what the job runs.
 */
import type { RegisterTaskDefinitionCommandInput, Secret, TaskDefinition } from '@aws-sdk/client-ecs';
import { CommandError } from '../../cli/errors';
import { DATABASE_INIT_KEY } from '../../config/names';
import type { DatabasePlace, ScriptOptions, ScriptResult } from '../database-place';
import { ENVELOPE, packed, SCRIPT_VARIABLE } from '../script-envelope';
import { checkAccount, type Target } from '../target';
import { jobPlacement, jobStateMachineArn, type JobPlacement } from './job-placement';
import { runScriptTask } from './script-task';
import { requiredRevision } from './task-definitions';

/** Of a task that copies a database: compression needs processor time, and Fargate starts it within a minute either way. */
const SIZE = { cpu: '2048', memory: '4096' };

/** Room for a dump. Fargate's largest. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html */
const STORAGE_GIB = 200;

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
  const { definition: job } = await requiredRevision(target, family);
  const [container] = job.containerDefinitions ?? [];
  return runScriptTask(
    target,
    { cluster, network, job, container: container?.name ?? '', define: (secrets) => definitionFor(job, script, secrets) },
    options,
  );
}

/** The job's task, with another command, room to write, and more of processor and memory. */
function definitionFor(job: TaskDefinition, script: string, secrets: Secret[]): RegisterTaskDefinitionCommandInput {
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
