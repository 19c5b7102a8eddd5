/** Runs a job of an environment, waits for its end, and shows what it wrote. */
import type { JobRunner } from './job-runs';
import { operationsOf } from './registry';
import type { Target } from './target';

export type { JobRun, JobRunner, JobRunOptions } from './job-runs';

/** The runner of the tier that serves. */
export function jobRunnerOf(target: Target): Promise<JobRunner> {
  return operationsOf(target).jobRunner(target);
}
