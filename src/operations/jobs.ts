/** Runs a job of an environment, waits for its end, and shows what it wrote. */
import type { JobRunner } from './job-runs';
import type { Target } from './target';

export type { JobRun, JobRunner, JobRunOptions } from './job-runs';

/** The runner of the tier that serves. */
export async function jobRunnerOf(target: Target): Promise<JobRunner> {
  switch (target.environment.tier.kind) {
    case 'box':
      return new (await import('./box/jobs.ts')).BoxJobs(target);
    case 'fargate':
      return new (await import('./fargate/jobs.ts')).FargateJobs(target);
    case 'kubernetes':
      return new (await import('./kubernetes/jobs.ts')).KubernetesJobs(target);
  }
}
