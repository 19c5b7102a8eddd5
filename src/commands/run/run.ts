/** Runs one job, and turns what comes of it into an exit code. */
import { Interrupted } from '../../aws/waiting';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { untilInterrupted } from '../../cli/interruption';
import { jobOf, type JobRun } from '../../operations/job-runs';
import { jobRunnerOf } from '../../operations/jobs';
import { loadTarget, type Target } from '../../operations/target';

export interface RunOptions {
  readonly image?: string;
  readonly detach: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly endpoint?: string;
  readonly output: string;
}

/** A call failed, not the job: `EX_SOFTWARE` of sysexits.h, as in the commands of the outputs. */
const CALL_FAILED_EXIT_CODE = 70;

/** As shells name the end by SIGINT. */
const INTERRUPTED_EXIT_CODE = 130;

/** @returns the exit code */
export async function runJob(
  context: CommandContext,
  environment: string,
  key: string | undefined,
  options: RunOptions,
): Promise<number> {
  const { io } = context;
  const target = await loadTarget(context, environment, options);
  if (key === undefined) {
    const jobs = target.environment.workloads.jobs.map((job) => job.key).join(', ');
    throw new CommandError(`name a job of ${environment}: ${jobs || 'it has none'}`, 2);
  }
  jobOf(target, key);
  const image = options.image === undefined ? undefined : await imageOf(target, key, options.image);
  const report = (line: string): void => void io.stderr.write(`${line}\n`);
  if (options.dryRun) {
    report(`would run ${key} of ${environment}${image === undefined ? '' : ` with ${image}`}`);
    return 0;
  }
  try {
    const runner = await jobRunnerOf(target);
    const { detach } = options;
    const ended = await untilInterrupted((signal) => runner.run(key, { image, detach, signal, report }));
    return print(context, { environment, key, detach, json: options.json }, ended);
  } catch (error) {
    if (error instanceof Interrupted) {
      report(`the run goes on; npm run logs -- ${environment} ${key} --follow shows its lines`);
      return INTERRUPTED_EXIT_CODE;
    }
    if (!(error instanceof CommandError)) throw error;
    report(error.message);
    return CALL_FAILED_EXIT_CODE;
  }
}

/** @throws CommandError for a job that runs an image of somebody else, or before the repository exists */
async function imageOf(target: Target, key: string, tag: string): Promise<string> {
  const { image } = jobOf(target, key);
  if (!/^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/.test(tag))
    throw new CommandError(`--image ${tag} is neither a tag nor a digest\n  fix   such as 3f2a1c, or sha256: and 64 digits`, 2);
  if (image.kind !== 'declared')
    throw new CommandError(`${key} runs an image that is none of the environment's: --image has no meaning for it`);
  const repository = (await target.published('data'))?.images[image.key]?.repositoryUrl;
  if (repository === undefined) throw new CommandError(`${target.name}-data is not deployed`);
  return `${repository}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`;
}

interface Asked {
  readonly environment: string;
  readonly key: string;
  readonly detach: boolean;
  readonly json: boolean;
}

function print({ io }: CommandContext, { environment, key, detach, json }: Asked, ended: JobRun): number {
  const { exitCode, reason, id } = ended;
  const outcome = outcomeOf(ended, detach);
  if (json) io.stdout.write(`${JSON.stringify({ environment, job: key, outcome, exitCode, reason, run: id }, null, 2)}\n`);
  else io.stderr.write(`${sentence(key, outcome, exitCode)}${reason === undefined ? '' : `: ${reason}`}\n`);
  return exitCode;
}

function outcomeOf({ exitCode, skipped }: JobRun, detach: boolean): string {
  if (skipped === true) return 'skipped';
  if (exitCode !== 0) return 'failed';
  return detach ? 'started' : 'succeeded';
}

function sentence(key: string, outcome: string, exitCode: number): string {
  if (outcome === 'failed') return `${key} failed with exit code ${exitCode}`;
  return outcome === 'skipped' ? `${key} was not started` : `${key} ${outcome}`;
}
