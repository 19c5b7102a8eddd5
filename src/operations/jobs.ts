/** Runs a job of an environment, waits for its end, and shows what it wrote. */
import type { Target } from './target';

export interface JobRunOptions {
  /**
   * The image to run in place of the released one: `<repository>:<tag>` or `<repository>@<digest>`. A release runs its jobs with the
   * new image before it rolls services.
   */
  readonly image?: string;
  readonly signal?: AbortSignal;
  /** Receives what happens, and what the job writes, line by line. */
  readonly report: (line: string) => void;
}

export interface JobRun {
  /** Of the job; 75 when nothing was started because another run is active (`EX_TEMPFAIL` of sysexits.h). */
  readonly exitCode: number;
  /** Why it did not succeed, where the tier says so: `OutOfMemoryError`. */
  readonly reason?: string;
}

export interface JobRunner {
  /** @param key of a declared job, or of one of Terrace's own, such as `database-init` */
  run(key: string, options: JobRunOptions): Promise<JobRun>;
}

/** The runner of the tier that serves. */
export function jobRunnerOf(target: Target): Promise<JobRunner> {
  return Promise.reject(new Error(`jobs of the tier ${target.environment.tier.kind} cannot be run yet`));
}
