/** Runs jobs of a preview in AWS, shows what they write, and waits for their end. */
import { Interrupted } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import type { StackKind } from '../../contracts/stack-kinds';
import type { JobRun } from '../../operations/job-runs';
import { jobRunnerOf } from '../../operations/jobs';
import type { Target } from '../../operations/target';
import { outputName } from '../../terraform/output-name';

export interface PreviewJobs {
  /** The preview (src/operations/preview-target.ts). */
  readonly target: Target;
  /** The kind of its stack. */
  readonly label: StackKind;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/**
 * Runs each job that the preview has, one after the other. Before the first deployment it has none.
 * @param keys of the jobs
 * @throws CommandError for the first that fails, and when the watching is interrupted: the run itself goes on
 */
export async function runJobs(keys: readonly string[], { target, label, signal, report }: PreviewJobs): Promise<void> {
  if (keys.length === 0) return;
  const known = (await target.outputs(label)) ?? {};
  const runner = await jobRunnerOf(target);
  for (const key of keys.filter((one) => `run_${outputName(one)}` in known)) {
    if (signal.aborted) throw new CommandError(`interrupted before the job ${key}: run the command again`);
    report(`running ${key}`);
    try {
      endedWell(key, await runner.run(key, { signal, report: (line) => report(`  ${key}: ${line}`) }));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      throw new CommandError(`interrupted: the job ${key} goes on in AWS\n  fix   run the command again once it has ended`);
    }
  }
}

function endedWell(key: string, { exitCode, reason, skipped }: JobRun): void {
  if (skipped === true)
    throw new CommandError(
      `the job ${key} was not started: ${reason ?? 'another run is active'}\n  fix   run the command again later`,
    );
  if (exitCode === 0) return;
  const why = reason === undefined ? '' : `: ${reason}`;
  throw new CommandError(`the job ${key} ended with ${exitCode}${why}\n  fix   what it wrote is above`);
}
