/** The CronJob of a job: runs on its schedule, or started by hand. Pure. */
import type { CronJob, PodFailurePolicyRule } from 'kubernetes-types/batch/v1';
import { toKubernetes } from '../../../config/calculations/cron';
import type { ResolvedJob } from '../../../config/resolved/environment';
import { workloadLabels, workloadMetadata, type WorkloadContext } from './context';
import { loginAnnotations } from './login';
import { podTemplate } from './pod';

/** A valid schedule for jobs that have none; they are suspended. */
const UNUSED_SCHEDULE = '0 0 1 1 *';

/** A run that could not start within this time is skipped. Without a deadline, a hundred missed runs end the schedule for good. */
const STARTING_DEADLINE_SECONDS = 600;

/** Finished runs that are kept for inspection; their logs are in the log group. */
const KEPT_RUNS = 3;

const WEEK_SECONDS = 7 * 24 * 3600;

/**
 * `retries` apply to runs that could not start or lost their node, as on Fargate. A program that ended with an error is not
 * run again: a migration that failed half-way needs a person. The first rule that matches counts.
 */
const FAILURE_RULES = [
  { action: 'Count', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  { action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [0] } },
] satisfies PodFailurePolicyRule[];

export type CronJobManifest = ReturnType<typeof cronJob>;

/** Without a schedule it is suspended: a template for `kubectl create job --from`. */
export function cronJob(context: WorkloadContext, job: ResolvedJob) {
  const { schedule, timezone, concurrency, timeoutSeconds, retries } = job;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: workloadMetadata(context, job, loginAnnotations(context, job)),
    spec: {
      schedule: schedule === undefined ? UNUSED_SCHEDULE : toKubernetes(schedule),
      timeZone: timezone === 'UTC' ? 'Etc/UTC' : timezone,
      suspend: schedule === undefined,
      concurrencyPolicy: concurrency === 'forbid' ? 'Forbid' : 'Allow',
      startingDeadlineSeconds: STARTING_DEADLINE_SECONDS,
      successfulJobsHistoryLimit: KEPT_RUNS,
      failedJobsHistoryLimit: KEPT_RUNS,
      jobTemplate: {
        metadata: { labels: workloadLabels(context, job) },
        spec: {
          activeDeadlineSeconds: timeoutSeconds,
          backoffLimit: retries,
          ttlSecondsAfterFinished: WEEK_SECONDS,
          podFailurePolicy: { rules: FAILURE_RULES },
          template: podTemplate(context, job),
        },
      },
    },
  } satisfies CronJob;
}
