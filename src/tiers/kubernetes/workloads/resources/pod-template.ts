/** Pod templates as Terraform's Kubernetes provider spells them: lists in the singular, some numbers as text. */
import type {
  DeploymentV1SpecTemplate,
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecContainerReadinessProbe,
} from '@cdktf/provider-kubernetes/lib/deployment-v1';
import type { LifecycleHandler, NodeAffinity } from 'kubernetes-types/core/v1';
import type { ContainerManifest } from '../container';
import type { PodTemplate } from '../pod';
import type { ProbeManifest } from '../probes';

/** For Deployments and Jobs. */
export function toPodTemplate({ metadata, spec }: PodTemplate) {
  const { affinity, tolerations, containers, volumes, topologySpreadConstraints, securityContext, ...same } = spec;
  return {
    metadata,
    spec: {
      ...same,
      securityContext: toSecurityContext({ ...securityContext, fsGroup: String(securityContext.fsGroup) }),
      affinity: affinity && { nodeAffinity: toNodeAffinity(affinity.nodeAffinity) },
      toleration: tolerations,
      topologySpreadConstraint: topologySpreadConstraints?.map(({ labelSelector, ...constraint }) => ({
        ...constraint,
        labelSelector: [labelSelector],
      })),
      container: containers.map(toContainer),
      volume: volumes,
    },
  } satisfies DeploymentV1SpecTemplate;
}

function toSecurityContext<T extends { readonly runAsUser: number; readonly runAsGroup: number }>(context: T) {
  return { ...context, runAsUser: String(context.runAsUser), runAsGroup: String(context.runAsGroup) };
}

function toContainer(container: ContainerManifest): DeploymentV1SpecTemplateSpecContainer {
  const { ports, volumeMounts, startupProbe, readinessProbe, livenessProbe, lifecycle, securityContext, resources, ...same } =
    container;
  return {
    ...same,
    resources: resources && { requests: resources.requests, limits: resources.limits },
    port: ports,
    volumeMount: volumeMounts,
    startupProbe: startupProbe && toProbe(startupProbe),
    readinessProbe: readinessProbe && toProbe(readinessProbe),
    livenessProbe: livenessProbe && toProbe(livenessProbe),
    lifecycle: lifecycle && { postStart: toHandler(lifecycle.postStart), preStop: toHandler(lifecycle.preStop) },
    securityContext: toSecurityContext(securityContext),
  };
}

function toProbe({ httpGet, exec, ...same }: ProbeManifest): DeploymentV1SpecTemplateSpecContainerReadinessProbe {
  return { ...same, httpGet: httpGet && { ...httpGet, port: String(httpGet.port) }, exec };
}

function toHandler(handler: LifecycleHandler | undefined) {
  return handler && [{ exec: handler.exec }];
}

function toNodeAffinity(affinity: NodeAffinity) {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  return {
    ...affinity,
    requiredDuringSchedulingIgnoredDuringExecution: required && { nodeSelectorTerm: required.nodeSelectorTerms },
  };
}
