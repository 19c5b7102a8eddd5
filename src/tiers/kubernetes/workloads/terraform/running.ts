/** What runs, in the words of Terraform's Kubernetes provider: deployments, cron jobs, autoscalers, disruption budgets. */
import type { CronJobV1Config } from '@cdktf/provider-kubernetes/lib/cron-job-v1';
import type { DeploymentV1Config } from '@cdktf/provider-kubernetes/lib/deployment-v1';
import type { HorizontalPodAutoscalerV2Config } from '@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2';
import type { PodDisruptionBudgetV1Config } from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1';
import type { AutoscalerManifest, ScalingPace } from '../autoscaler';
import type { CronJobManifest, PodFailureRule } from '../cron-job';
import type { DeploymentManifest } from '../deployment';
import type { DisruptionBudgetManifest } from '../disruption-budget';
import { toPodTemplate } from './pod-template';

/** What a restart leaves in the pods' annotations. Taken away by Terraform, they would make it another restart. */
const RESTART_MARKS = ['kubectl.kubernetes.io/restartedAt', 'reloader.stakater.com/last-reloaded-from'];

/** A deployment. */
export function toDeployment({ metadata, spec }: DeploymentManifest): DeploymentV1Config {
  const { replicas, template, ...same } = spec;
  return {
    metadata,
    spec: { ...same, replicas: replicas === undefined ? undefined : String(replicas), template: toPodTemplate(template) },
    // At the first deployment pods wait for secrets, images and database roles, which come after it.
    waitForRollout: false,
    lifecycle: { ignoreChanges: RESTART_MARKS.map((mark) => `spec[0].template[0].metadata[0].annotations["${mark}"]`) },
  };
}

/** A cron job. */
export function toCronJob({ metadata, spec }: CronJobManifest): CronJobV1Config {
  const { timeZone, jobTemplate, ...same } = spec;
  const { ttlSecondsAfterFinished, podFailurePolicy, template, ...job } = jobTemplate.spec;
  return {
    metadata,
    spec: {
      ...same,
      timezone: timeZone,
      jobTemplate: {
        metadata: jobTemplate.metadata,
        spec: {
          ...job,
          ttlSecondsAfterFinished: String(ttlSecondsAfterFinished),
          podFailurePolicy: { rule: podFailurePolicy.rules.map(toFailureRule) },
          template: toPodTemplate(template),
        },
      },
    },
  };
}

function toFailureRule(rule: PodFailureRule) {
  if (rule.action === 'Count') return { action: rule.action, onPodCondition: [...rule.onPodConditions] };
  const { operator, values } = rule.onExitCodes;
  return { action: rule.action, onExitCodes: { operator, values: [...values] } };
}

/** An autoscaler. */
export function toAutoscaler({ metadata, spec }: AutoscalerManifest): HorizontalPodAutoscalerV2Config {
  const { metrics, behavior, ...same } = spec;
  return {
    metadata,
    spec: {
      ...same,
      metric: [...metrics],
      behavior: { scaleUp: [toPace(behavior.scaleUp)], scaleDown: [toPace(behavior.scaleDown)] },
    },
  };
}

function toPace({ policies, ...same }: ScalingPace) {
  return { ...same, policy: [...policies] };
}

/** A disruption budget. */
export function toDisruptionBudget({ metadata, spec }: DisruptionBudgetManifest): PodDisruptionBudgetV1Config {
  return { metadata, spec: { ...spec, maxUnavailable: String(spec.maxUnavailable) } };
}
