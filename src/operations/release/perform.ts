/** Does a release: jobs, parameters, what runs; and puts everything back when the new images do not run. */
import { explainAws } from '../../aws/errors';
import { Interrupted } from '../../aws/waiting';
import { jobRunnerOf, type JobRun, type JobRunner } from '../jobs';
import { RolloutFailed, type References, type RollOptions } from './releaser';
import type { Target } from '../target';
import { writeParameter } from './parameters';
import { argumentsOf, type ImageChange, type ReleasePlan } from './plan';
import { HeldRecord, recordName, Taken, type ReleaseRecord } from './record';

export interface RanJob extends JobRun {
  readonly key: string;
}

/**
 * - `released`: everything runs the new images.
 * - `job-failed`: a job before the release failed; nothing is changed.
 * - `put-back`: the new images did not run; parameters and services are as before.
 * - `interrupted`: a person stopped it; the same command continues.
 * - `left`: it failed, and could not be put back; the same command continues, `--back` takes it back.
 */
export type Outcome = 'released' | 'job-failed' | 'put-back' | 'interrupted' | 'left';

export interface Performed {
  readonly outcome: Outcome;
  readonly exitCode: number;
  readonly jobs: readonly RanJob[];
  /** Why it is not released. */
  readonly reasons: readonly string[];
}

export interface PerformOptions extends RollOptions {
  /** @default the one of the tier */
  readonly runner?: JobRunner;
}

/** @throws CommandError when another release is first; nothing is changed then */
export async function performRelease(target: Target, plan: ReleasePlan, options: PerformOptions): Promise<Performed> {
  const held = await take(target, plan, 'jobs');
  const signal = AbortSignal.any([held.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const ran: RanJob[] = [];
  try {
    const failed = await runJobs(target, plan, held, ran, { ...options, signal });
    if (failed !== undefined) return await ended(held, failed, ran, options);
    await held.write({ phase: 'rolling' });
    for (const { parameterName, to } of plan.changes) {
      if (signal.aborted) throw new Interrupted();
      await writeParameter(target.aws, parameterName, to);
    }
    await plan.releaser.roll(plan.rolled, wanted(plan.changes, 'to'), { ...options, signal });
  } catch (error) {
    if (error instanceof Taken || held.signal.aborted) throw new Taken();
    if (error instanceof Interrupted) return await interrupted(target, held, ran);
    if (held.record.phase === 'jobs') {
      await finished(held, options);
      throw error;
    }
    return putBack(target, plan, held, ran, failureOf(error), options);
  }
  await finished(held, options);
  return { outcome: 'released', exitCode: 0, jobs: ran, reasons: [] };
}

/** Takes back what a release that was left half-way has changed. */
export async function takeBack(target: Target, plan: ReleasePlan, options: PerformOptions): Promise<Performed> {
  const held = await take(target, plan, 'rolling');
  return putBack(target, plan, held, [], [], options);
}

function take(
  target: Target,
  { by, changes, continues, stored }: ReleasePlan,
  first: ReleaseRecord['phase'],
): Promise<HeldRecord> {
  const { since = new Date().toISOString(), phase = first, jobs = [] } = continues ?? {};
  const images = Object.fromEntries(changes.map(({ key, from, to }) => [key, { from, to }]));
  const name = recordName(target.environment.identity);
  return HeldRecord.take(target.aws, name, { by, since, phase, images, jobs }, stored);
}

async function runJobs(
  target: Target,
  { jobs, changes }: ReleasePlan,
  held: HeldRecord,
  ran: RanJob[],
  { runner: given, signal, report }: PerformOptions,
): Promise<RanJob | undefined> {
  if (jobs.length === 0) return undefined;
  const runner = given ?? (await jobRunnerOf(target));
  for (const key of jobs) {
    if (isAborted(signal)) throw new Interrupted();
    report(`running the job ${key} with the new image`);
    const run = await runner.run(key, {
      image: imageOf(target, key, changes),
      signal,
      report: (line) => report(`${key}: ${line}`),
    });
    const job = { key, ...run };
    ran.push(job);
    // A job that was stopped by the signal has an exit code too.
    if (run.exitCode !== 0 && isAborted(signal)) throw new Interrupted();
    if (run.exitCode !== 0) return job;
    await held.write({ jobs: [...held.record.jobs, key] });
  }
  return undefined;
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

function imageOf({ environment }: Target, key: string, changes: readonly ImageChange[]): string | undefined {
  const image = environment.workloads.jobs.find((job) => job.key === key)?.image;
  return image?.kind === 'declared' ? changes.find((change) => change.key === image.key)?.to : undefined;
}

/** `EX_TEMPFAIL` of sysexits.h: nothing was started. */
const ANOTHER_RUN = 75;

async function ended(
  held: HeldRecord,
  { key, exitCode, reason }: RanJob,
  jobs: readonly RanJob[],
  options: Pick<RollOptions, 'report'>,
): Promise<Performed> {
  await finished(held, options);
  const what = exitCode === ANOTHER_RUN ? 'was not started, because another run of it is active' : `ended with ${exitCode}`;
  const reasons = [`the job ${key} ${what}${reason === undefined ? '' : `: ${reason}`}`, 'nothing was released'];
  return { outcome: 'job-failed', exitCode, jobs, reasons };
}

async function interrupted({ name }: Target, held: HeldRecord, jobs: readonly RanJob[]): Promise<Performed> {
  await left(held);
  const { phase, images } = held.record;
  const again = `npm run release -- ${name} ${argumentsOf(images)}`;
  const reasons =
    phase === 'jobs'
      ? ['interrupted before anything was changed', `continue: ${again}`]
      : [
          'interrupted while services roll: AWS goes on with it',
          `continue: ${again}`,
          `or take it back: npm run release -- ${name} --back`,
        ];
  return { outcome: 'interrupted', exitCode: 1, jobs, reasons };
}

/** Parameters first: whatever starts from now on starts with the former images. */
async function putBack(
  target: Target,
  { changes, rolled, releaser }: ReleasePlan,
  held: HeldRecord,
  jobs: readonly RanJob[],
  failure: readonly string[],
  options: PerformOptions,
): Promise<Performed> {
  for (const line of failure) options.report(line);
  options.report(`putting back ${changes.map(({ key, from }) => `${key} to ${from}`).join(', ')}`);
  try {
    for (const { parameterName, from } of changes) await writeParameter(target.aws, parameterName, from);
    await releaser.restore(rolled, wanted(changes, 'from'), options);
  } catch (error) {
    await left(held);
    const { name } = target;
    const why = error instanceof Interrupted ? ['interrupted on the way back'] : failureOf(error);
    return {
      outcome: 'left',
      exitCode: 1,
      jobs,
      reasons: [...failure, ...why, `not everything is back yet. Go on: npm run release -- ${name} --back`],
    };
  }
  await finished(held, options);
  return { outcome: 'put-back', exitCode: 1, jobs, reasons: [...failure, 'the former images run again'] };
}

/** Nothing is left to do: a record that cannot be deleted changes nothing of that. */
async function finished(held: HeldRecord, { report }: Pick<RollOptions, 'report'>): Promise<void> {
  try {
    await held.remove();
  } catch (error) {
    report(`${explainAws(error, 'deleting the record').message}; the same command, run again, deletes it`);
  }
}

/** Without AWS, the record ends by itself two minutes later. */
async function left(held: HeldRecord): Promise<void> {
  await held.leave().catch(() => undefined);
}

function failureOf(error: unknown): readonly string[] {
  if (error instanceof RolloutFailed) return [...error.message.split('\n'), ...error.reasons];
  return explainAws(error, 'rolling').message.split('\n');
}

function wanted(changes: readonly ImageChange[], side: 'from' | 'to'): References {
  return Object.fromEntries(changes.map((change) => [change.key, change[side]]));
}
