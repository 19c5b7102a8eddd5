/**
 * A run of a job with another image than the released one.
 *
 * Its task definition is a copy in a family of its own: the state machine starts the newest revision of the job's family, and
 * Terraform follows it, so a revision there would be what the next run of the schedule and the next plan see. The state machine runs
 * the copy too: the time limit, the retries and `concurrency` of the job hold for it, whether somebody watches or not.
 */
import type { ECS } from '@aws-sdk/client-ecs';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import { imageRunFamily } from '../../config/names';
import type { ResolvedJob } from '../../config/resolved/environment';
import type { JobRun } from '../job-runs';
import { runExecution, type JobExecution } from './job-execution';
import { jobPlacement } from './job-placement';
import { registerIn, requiredRevision } from './task-definitions';

export interface ImageRun extends JobExecution {
  readonly image: string;
  readonly job: ResolvedJob;
}

/** Seconds between two attempts of a state machine, and for its calls. */
const PAUSES_SECONDS = 300;

/** @throws CommandError where the state machine of the job would run the released image */
export async function runWithImage(run: ImageRun): Promise<JobRun> {
  const { aws, key, job, options } = run;
  const { family, takesTaskDefinition } = await jobPlacement(aws, key, run.stateMachineArn);
  if (!takesTaskDefinition)
    throw new CommandError(
      `the state machine of ${key} was deployed by an earlier version, and would run the released image\n  fix   deploy the environment, then run the job again`,
    );
  const ecs = await aws.ecs();
  await removeLeft(ecs, family, job);
  const released = await requiredRevision(run, family);
  if (!(released.definition.containerDefinitions ?? []).some(({ name }) => name === key))
    throw new CommandError(`the task definition ${family} has no container ${key}`);
  const taskDefinition = await registerIn(run, imageRunFamily(family), released, { [key]: run.image });
  const ended = await runExecution({ ...run, taskDefinition });
  // A run that nobody watches to its end may not have started its task yet: the next one removes the copy.
  if (options.detach !== true) await ecs.deregisterTaskDefinition({ taskDefinition }).catch(() => undefined);
  return ended;
}

/** Copies of runs that nobody has watched to their end, once no run of theirs can be under way any more. */
async function removeLeft(ecs: ECS, family: string, { timeoutSeconds, retries }: ResolvedJob): Promise<void> {
  const over = Date.now() - (timeoutSeconds + PAUSES_SECONDS) * (retries + 1) * 1000;
  const { taskDefinitionArns: left = [] } = await explained('looking for copies of earlier runs', () =>
    ecs.listTaskDefinitions({ familyPrefix: imageRunFamily(family), status: 'ACTIVE' }),
  );
  for (const taskDefinition of left) {
    const { taskDefinition: copy } = await ecs.describeTaskDefinition({ taskDefinition });
    if ((copy?.registeredAt?.getTime() ?? Infinity) < over) await ecs.deregisterTaskDefinition({ taskDefinition });
  }
}
