/** What a run of a job is, on every tier. */
import { CommandError } from '../cli/errors';
import type { ResolvedJob } from '../config/resolved/environment';
import type { Target } from './target';

/** Nothing was started, because another run is active: `EX_TEMPFAIL` of sysexits.h. */
export const SKIPPED_EXIT_CODE = 75;

export interface JobRunOptions {
  /**
   * The image to run in place of the released one: `<repository>:<tag>` or `<repository>@<digest>`. A release runs its jobs with the
   * new image before it rolls services.
   */
  readonly image?: string;
  /** Ends the wait with `Interrupted`: the run itself goes on. */
  readonly signal?: AbortSignal;
  /** Receives what happens, and what the job writes, line by line. */
  readonly report: (line: string) => void;
  /** Returns as soon as the run is started, with exit code 0. @default false */
  readonly detach?: boolean;
}

export interface JobRun {
  /** Of the job; 75 when nothing was started because another run is active (`EX_TEMPFAIL` of sysexits.h). */
  readonly exitCode: number;
  /** Whether nothing was started. A job may end with 75 by itself. */
  readonly skipped?: true;
  /** Why it did not succeed, where the tier says so: `OutOfMemoryError`. */
  readonly reason?: string;
  /** What the tier calls this run: an execution, a task, a Job, a command of Systems Manager. */
  readonly id?: string;
}

export interface JobRunner {
  /** @param key of a declared job, or of one of Terrace's own, such as `database-init` */
  run(key: string, options: JobRunOptions): Promise<JobRun>;
}

/** @throws CommandError for a key that the environment does not have */
export function jobOf({ name, environment }: Pick<Target, 'name' | 'environment'>, key: string): ResolvedJob {
  const { jobs } = environment.workloads;
  const found = jobs.find((job) => job.key === key);
  if (found !== undefined) return found;
  throw new CommandError(`${name} has no job ${key}\n  fix   its jobs: ${jobs.map((job) => job.key).join(', ') || 'none'}`);
}
