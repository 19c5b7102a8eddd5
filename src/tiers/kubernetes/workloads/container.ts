/** The container of a workload: the same variables, health path and limits as on every other tier. Pure. */
import type { Health, ResolvedContainer } from '../../../config/resolved/environment';
import type { SecretVariable } from '../../../modules/containers/variable-values';
import { terraformLiteral } from '../../../terraform/literal';
import { kubernetesLiteral } from './literal';
import { probesOf, type Probe } from './probes';
import { resourcesOf, type Resources } from './quantity';
import { containerSecurity, runAsOf, type ContainerSecurity } from './security';
import { scratchMounts, type VolumeMount } from './volumes';

export interface Handler {
  readonly exec: { readonly command: readonly string[] };
}

/** The part of Kubernetes' `Container` that Terrace uses. */
export interface ContainerManifest {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: 'IfNotPresent';
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number; readonly protocol: 'TCP' }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly env?: readonly Variable[];
  readonly resources: Resources;
  readonly volumeMounts?: readonly VolumeMount[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler };
  readonly securityContext: ContainerSecurity;
}

/** A variable in plain sight, or one that is filled from a secret of the namespace. */
export type Variable = { readonly name: string; readonly value: string } | SecretReference;

/** A variable that is filled from a secret of the namespace. */
export interface SecretReference {
  readonly name: string;
  readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export interface WorkloadContainerProps {
  readonly container: ResolvedContainer;
  readonly image: string;
  /** The ConfigMap of its plain variables, when it has any. */
  readonly configMapName?: string;
  readonly secrets: readonly SecretVariable[];
  /** Left out for whatever listens to nobody. */
  readonly listener?: { readonly port: number; readonly health: Health };
}

/**
 * Seconds between "no longer send me requests" and SIGTERM: the load balancer needs them to hear of it.
 * Source: the AWS load balancer controller's advice on graceful shutdown; target groups are updated within seconds.
 */
export const DRAIN_SECONDS = 15;

/** The container itself. */
export function workloadContainer({
  container,
  image,
  configMapName,
  secrets,
  listener,
}: WorkloadContainerProps): ContainerManifest {
  const { key, vcpu, memoryMib, command, entryPoint, readOnlyRoot, user } = container;
  return {
    name: key,
    image,
    imagePullPolicy: 'IfNotPresent',
    // What Docker and ECS call entry point and command, Kubernetes calls command and arguments.
    command: entryPoint?.map(kubernetesLiteral),
    args: command?.map(kubernetesLiteral),
    ports: listener && [{ name: 'http', containerPort: listener.port, protocol: 'TCP' }],
    envFrom: configMapName === undefined ? undefined : [{ configMapRef: { name: configMapName } }],
    env: secrets.length === 0 ? undefined : secretReferences(key, secrets),
    resources: resourcesOf(vcpu, memoryMib),
    volumeMounts: unlessEmpty(
      scratchMounts(container).map(({ name, mountPath }) => ({ name, mountPath: terraformLiteral(mountPath) })),
    ),
    ...(listener && probesOf(listener.port, listener.health)),
    lifecycle: listener && { preStop: { exec: { command: ['sleep', String(DRAIN_SECONDS)] } } },
    securityContext: containerSecurity(runAsOf(user), readOnlyRoot),
  };
}

/** Variables from the secret of this name, each from the key that is called like the variable. */
export function secretReferences(
  secretName: string,
  secrets: readonly Pick<SecretVariable, 'name'>[],
): readonly SecretReference[] {
  return secrets.map(({ name }) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key: name } } }));
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
