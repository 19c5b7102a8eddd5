/** Pods in the words of Terraform's Kubernetes provider, which writes lists in the singular and numbers of users as text. */
import type {
  DeploymentV1SpecTemplate,
  DeploymentV1SpecTemplateSpecAffinity,
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecContainerEnv,
  DeploymentV1SpecTemplateSpecContainerReadinessProbe,
} from '@cdktf/provider-kubernetes/lib/deployment-v1';
import type { ContainerManifest, Variable } from '../container';
import type { NodeAffinity, NodeSelectorTerm } from '../node-affinity';
import type { PodSpec, PodTemplate } from '../pod';
import type { Probe } from '../probes';

/** The template of a deployment; jobs take the same. */
export function toPodTemplate({ metadata, spec }: PodTemplate) {
  return {
    metadata: { labels: metadata.labels, annotations: metadata.annotations },
    spec: toPodSpec(spec),
  } satisfies DeploymentV1SpecTemplate;
}

function toPodSpec({ affinity, containers, volumes, topologySpreadConstraints, securityContext, ...same }: PodSpec) {
  const { runAsUser, runAsGroup, fsGroup, ...security } = securityContext;
  return {
    ...same,
    securityContext: { ...security, runAsUser: String(runAsUser), runAsGroup: String(runAsGroup), fsGroup: String(fsGroup) },
    affinity: toAffinity(affinity.nodeAffinity),
    topologySpreadConstraint: topologySpreadConstraints?.map(({ labelSelector, ...constraint }) => ({
      ...constraint,
      labelSelector: [labelSelector],
    })),
    container: containers.map(toContainer),
    volume: volumes && [...volumes],
  };
}

function toContainer(container: ContainerManifest): DeploymentV1SpecTemplateSpecContainer {
  const {
    ports,
    env,
    envFrom,
    volumeMounts,
    lifecycle,
    command,
    args,
    startupProbe,
    readinessProbe,
    livenessProbe,
    securityContext,
    ...same
  } = container;
  const { runAsUser, runAsGroup, capabilities, ...security } = securityContext;
  return {
    ...same,
    command: command && [...command],
    args: args && [...args],
    port: ports && [...ports],
    envFrom: envFrom && [...envFrom],
    env: env?.map(toVariable),
    volumeMount: volumeMounts && [...volumeMounts],
    startupProbe: startupProbe && toProbe(startupProbe),
    readinessProbe: readinessProbe && toProbe(readinessProbe),
    livenessProbe: livenessProbe && toProbe(livenessProbe),
    lifecycle: lifecycle && {
      postStart: lifecycle.postStart && [toHandler(lifecycle.postStart)],
      preStop: lifecycle.preStop && [toHandler(lifecycle.preStop)],
    },
    securityContext: {
      ...security,
      runAsUser: String(runAsUser),
      runAsGroup: String(runAsGroup),
      capabilities: { drop: [...capabilities.drop] },
    },
  };
}

function toVariable(variable: Variable): DeploymentV1SpecTemplateSpecContainerEnv {
  return variable;
}

function toProbe({ httpGet, exec, ...same }: Probe): DeploymentV1SpecTemplateSpecContainerReadinessProbe {
  return {
    ...same,
    httpGet: httpGet && { ...httpGet, port: String(httpGet.port) },
    exec: exec && { command: [...exec.command] },
  };
}

function toHandler({ exec }: { readonly exec: { readonly command: readonly string[] } }) {
  return { exec: { command: [...exec.command] } };
}

function toAffinity(affinity: NodeAffinity): DeploymentV1SpecTemplateSpecAffinity {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution;
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: required && { nodeSelectorTerm: required.nodeSelectorTerms.map(toTerm) },
      preferredDuringSchedulingIgnoredDuringExecution: preferred?.map(({ weight, preference }) => ({
        weight,
        preference: toTerm(preference),
      })),
    },
  };
}

function toTerm({ matchExpressions }: NodeSelectorTerm) {
  return { matchExpressions: matchExpressions.map(({ key, operator, values }) => ({ key, operator, values: [...values] })) };
}
