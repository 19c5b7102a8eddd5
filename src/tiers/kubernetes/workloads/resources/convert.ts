/** Manifests as Terraform's Kubernetes provider spells them: lists in the singular, some numbers as text. */
import type { CronJobV1Config } from '@cdktf/provider-kubernetes/lib/cron-job-v1';
import type { DeploymentV1Config } from '@cdktf/provider-kubernetes/lib/deployment-v1';
import type { HorizontalPodAutoscalerV2Config } from '@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2';
import type { IngressV1Config } from '@cdktf/provider-kubernetes/lib/ingress-v1';
import type { NetworkPolicyV1Config } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import type { PodDisruptionBudgetV1Config } from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1';
import type { ServiceV1Config } from '@cdktf/provider-kubernetes/lib/service-v1';
import type { NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import type { CronJobManifest } from '../cron-job';
import type { DeploymentManifest, DisruptionBudgetManifest } from '../deployment';
import type { IngressManifest } from '../ingress';
import type { NetworkPolicyManifest } from '../network-policy';
import type { AutoscalerManifest } from '../scaling';
import type { ServiceManifest } from '../service';
import { toPodTemplate } from './pod-template';

/** Annotations that restarts leave on pods. If Terraform removed them, that would be another restart. */
const RESTART_ANNOTATIONS = ['kubectl.kubernetes.io/restartedAt', 'reloader.stakater.com/last-reloaded-from'];

export function toDeployment({ metadata, spec }: DeploymentManifest): DeploymentV1Config {
  const { replicas, template, ...same } = spec;
  return {
    metadata,
    spec: { ...same, replicas: replicas === undefined ? undefined : String(replicas), template: toPodTemplate(template) },
    // At the first deployment pods wait for secrets, images and database roles, which come later.
    waitForRollout: false,
    lifecycle: { ignoreChanges: RESTART_ANNOTATIONS.map((name) => `spec[0].template[0].metadata[0].annotations["${name}"]`) },
  };
}

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
          podFailurePolicy: {
            rule: podFailurePolicy.rules.map(({ onPodConditions, ...rule }) => ({ ...rule, onPodCondition: onPodConditions })),
          },
          template: toPodTemplate(template),
        },
      },
    },
  };
}

export function toAutoscaler({ metadata, spec }: AutoscalerManifest): HorizontalPodAutoscalerV2Config {
  const { metrics, behavior, ...same } = spec;
  const toPolicy = ({ policies, ...pace }: typeof behavior.scaleUp) => [{ ...pace, policy: policies }];
  return {
    metadata,
    spec: {
      ...same,
      metric: metrics,
      behavior: { scaleUp: toPolicy(behavior.scaleUp), scaleDown: toPolicy(behavior.scaleDown) },
    },
  };
}

export function toDisruptionBudget({ metadata, spec }: DisruptionBudgetManifest): PodDisruptionBudgetV1Config {
  return { metadata, spec: { ...spec, maxUnavailable: String(spec.maxUnavailable) } };
}

export function toService({ metadata, spec }: ServiceManifest): ServiceV1Config {
  const { ports, ...same } = spec;
  return { metadata, spec: { ...same, port: ports.map((port) => ({ ...port, targetPort: String(port.targetPort) })) } };
}

/** Terraform waits until the load balancer exists, because edge looks it up by its name. */
export function toIngress({ metadata, spec }: IngressManifest): IngressV1Config {
  const { rules, ...same } = spec;
  return {
    metadata,
    spec: { ...same, rule: rules?.map(({ host, http }) => ({ host, http: { path: http.paths } })) },
    waitForLoadBalancer: true,
  };
}

export function toNetworkPolicy({ metadata, spec }: NetworkPolicyManifest): NetworkPolicyV1Config {
  const toPort = ({ protocol, port }: NetworkPolicyPort) => ({ protocol, port: String(port) });
  return {
    metadata,
    spec: {
      ...spec,
      ingress: spec.ingress?.map(({ from, ports }) => ({ from, ports: ports?.map(toPort) })),
      egress: spec.egress?.map(({ to, ports }) => ({ to, ports: ports?.map(toPort) })),
    },
  };
}
