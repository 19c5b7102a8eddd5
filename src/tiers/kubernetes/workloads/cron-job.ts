/** A container that runs and ends: at its times, and whenever a person starts it. Pure. */
import { toKubernetes } from '../../../config/calculations/cron';
import type { ResolvedJob } from '../../../config/resolved/environment';
import type { WorkloadContext } from './context';
import { workloadLabels, workloadMetadata, type Labels, type Manifest } from './manifest';
import { podTemplate, type PodTemplate } from './pod';

export interface CronJobManifest extends Manifest<'batch/v1', 'CronJob'> {
  readonly spec: {
    readonly schedule: string;
    readonly timeZone: 'Etc/UTC';
    /** Never starts by itself: a template for `kubectl create job --from`. */
    readonly suspend: boolean;
    readonly concurrencyPolicy: 'Forbid';
    readonly startingDeadlineSeconds: number;
    readonly successfulJobsHistoryLimit: number;
    readonly failedJobsHistoryLimit: number;
    readonly jobTemplate: { readonly metadata: { readonly labels: Labels }; readonly spec: JobSpec };
  };
}

export interface JobSpec {
  readonly activeDeadlineSeconds: number;
  readonly backoffLimit: number;
  readonly ttlSecondsAfterFinished: number;
  readonly podFailurePolicy: { readonly rules: readonly PodFailureRule[] };
  readonly template: PodTemplate;
}

export type PodFailureRule =
  | { readonly action: 'Count'; readonly onPodConditions: readonly { readonly type: string; readonly status: 'True' }[] }
  | { readonly action: 'FailJob'; readonly onExitCodes: { readonly operator: 'NotIn'; readonly values: readonly number[] } };

/** A valid time for jobs that have none; they are suspended. */
const NO_TIME = '0 0 1 1 *';

/** A run that could not start for so long is left out. Without a deadline a hundred missed runs stop the schedule for good. */
const STARTING_DEADLINE_SECONDS = 600;

/** Finished runs that are kept, so that their outcome can be looked at; their lines are in the log group. */
const KEPT_RUNS = 3;

const WEEK_SECONDS = 7 * 24 * 3600;

/** The template and, with a schedule, the timer of one job. */
export function cronJob(context: WorkloadContext, job: ResolvedJob): CronJobManifest {
  const { key, schedule, timeoutSeconds, retries } = job;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: workloadMetadata(context, key, 'job'),
    spec: {
      schedule: schedule === undefined ? NO_TIME : toKubernetes(schedule),
      timeZone: 'Etc/UTC',
      suspend: schedule === undefined,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: STARTING_DEADLINE_SECONDS,
      successfulJobsHistoryLimit: KEPT_RUNS,
      failedJobsHistoryLimit: KEPT_RUNS,
      jobTemplate: {
        metadata: { labels: workloadLabels(context, key, 'job') },
        spec: {
          activeDeadlineSeconds: timeoutSeconds,
          backoffLimit: retries,
          ttlSecondsAfterFinished: WEEK_SECONDS,
          podFailurePolicy: { rules: FAILURE_RULES },
          template: podTemplate(context, { container: job, component: 'job', spotPercent: 0, movable: false }),
        },
      },
    },
  };
}

/**
 * `retries` are for runs that could not be started or lost their node, as on Fargate. A program that ended with an error
 * is not run again: a migration that failed half-way is for a person. The first rule that matches counts.
 */
const FAILURE_RULES: readonly PodFailureRule[] = [
  { action: 'Count', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  { action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [0] } },
];
