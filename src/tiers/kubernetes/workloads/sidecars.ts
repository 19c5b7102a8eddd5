/**
 * Sidecars as containers of the pod: those that the workload waits for come before it. Pure.
 *
 * They are no init containers with `restartPolicy: Always`, which Terraform's provider cannot express in its version 2. The
 * kubelet starts the containers of a pod in their order, and waits for the `postStart` of each.
 */
import type { ResolvedSidecar, ResolvedWorkload } from '../../../config/resolved/environment';
import { plainVariables, secretVariables, type EnvironmentFacts } from '../../../modules/containers/variable-values';
import { containerSecurity, DRAIN, runAsOf, scratchMounts, secretReferences, type ContainerManifest } from './container';
import type { WorkloadContext } from './context';
import { kubernetesLiteral, resourcesOf } from './notation';
import type { ProbeManifest } from './probes';

/** The name of the secret with the variables of a sidecar. A dot: no workload has a name with one. */
export function sidecarSecretName(workloadKey: string, { key }: Pick<ResolvedSidecar, 'key'>): string {
  return `${workloadKey}.${key}`;
}

/** The scratch directories of a sidecar. */
export function sidecarMounts(sidecar: ResolvedSidecar) {
  return scratchMounts(sidecar, `${sidecar.key}-`);
}

/** One sidecar. @param facts as its workload sees them */
export function sidecarContainer(
  context: Pick<WorkloadContext, 'image' | 'handover'>,
  workload: ResolvedWorkload,
  sidecar: ResolvedSidecar,
  facts: EnvironmentFacts,
): ContainerManifest {
  const { key, command, entryPoint, user, ports, variables } = sidecar;
  const plain = Object.entries(plainVariables(variables, facts)).map(([name, value]) => ({
    name,
    value: kubernetesLiteral(value),
  }));
  const secrets = secretReferences(sidecarSecretName(workload.key, sidecar), secretVariables(variables, context.handover));
  const mounts = sidecarMounts(sidecar);
  return {
    name: key,
    image: context.image(sidecar.image),
    imagePullPolicy: 'IfNotPresent',
    command: entryPoint?.map(kubernetesLiteral),
    args: command?.map(kubernetesLiteral),
    ports: ports.length === 0 ? undefined : ports.map((port) => ({ containerPort: port, protocol: 'TCP' })),
    env: plain.length + secrets.length === 0 ? undefined : [...plain, ...secrets],
    resources: resourcesOf(sidecar),
    volumeMounts: mounts.length === 0 ? undefined : mounts,
    ...probes(sidecar),
    lifecycle: lifecycle(workload, sidecar),
    securityContext: containerSecurity(runAsOf(user), true),
  };
}

/** The kubelet restarts an unhealthy sidecar; while an essential one is unhealthy, the pod receives no requests. */
function probes({ health, essential }: ResolvedSidecar): Partial<Record<'readinessProbe' | 'livenessProbe', ProbeManifest>> {
  if (health === undefined) return {};
  const { command, intervalSeconds, timeoutSeconds, unhealthyThreshold, startPeriodSeconds } = health;
  const probe = {
    exec: { command: ['sh', '-c', kubernetesLiteral(command)] },
    periodSeconds: intervalSeconds,
    timeoutSeconds,
    successThreshold: 1,
    failureThreshold: unhealthyThreshold,
  };
  return {
    ...(essential ? { readinessProbe: probe } : {}),
    livenessProbe: { ...probe, initialDelaySeconds: startPeriodSeconds },
  };
}

/** A sidecar of a service serves it while the load balancer learns that the pod stops. */
function lifecycle({ kind }: ResolvedWorkload, { waitFor, health }: ResolvedSidecar): ContainerManifest['lifecycle'] {
  const stopping = kind === 'service' ? DRAIN : undefined;
  if (waitFor !== 'healthy' || health === undefined) return stopping;
  const { command, intervalSeconds, unhealthyThreshold, startPeriodSeconds } = health;
  const seconds = startPeriodSeconds + intervalSeconds * unhealthyThreshold;
  const untilHealthy = `until ${kubernetesLiteral(command)}; do sleep 1; done`;
  return { postStart: { exec: { command: ['timeout', String(seconds), 'sh', '-c', untilHealthy] } }, ...stopping };
}
