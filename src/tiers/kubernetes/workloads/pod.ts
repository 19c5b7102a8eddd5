/** The pods of a workload: its container, its neighbours, its user, and the nodes it may stand on. Pure. */
import type { Health, Pooler, ResolvedContainer } from '../../../config/resolved/environment';
import { secretVariables } from '../../../modules/containers/variable-values';
import type { PoolerSidecar } from '../../../modules/containers/pooler';
import { isConfigured } from './config-map';
import { DRAIN_SECONDS, workloadContainer, type ContainerManifest } from './container';
import type { WorkloadContext } from './context';
import { selectorLabels, workloadLabels, type Component, type Labels, type LabelSelector } from './manifest';
import { nodeAffinity, type NodeAffinity } from './node-affinity';
import { poolerContainer, poolerOf, POOLER_VOLUME } from './pooler';
import { podSecurity, runAsOf, type PodSecurity } from './security';
import { scratchVolumes, type Volume } from './volumes';

/** Pods as deployments and jobs make them. */
export interface PodTemplate {
  readonly metadata: { readonly labels: Labels; readonly annotations: Labels };
  readonly spec: PodSpec;
}

/** The part of Kubernetes' `PodSpec` that Terrace uses. */
export interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: false;
  readonly enableServiceLinks: false;
  readonly restartPolicy: 'Always' | 'Never';
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: PodSecurity;
  readonly nodeSelector: Labels;
  readonly affinity: { readonly nodeAffinity: NodeAffinity };
  readonly topologySpreadConstraints?: readonly SpreadConstraint[];
  readonly containers: readonly ContainerManifest[];
  readonly volumes?: readonly Volume[];
}

export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: 'ScheduleAnyway';
  readonly labelSelector: LabelSelector;
}

export interface PodProps {
  readonly container: ResolvedContainer;
  readonly component: Component;
  readonly listener?: { readonly port: number; readonly health: Health };
  readonly pooler?: Pooler;
  readonly spotPercent: number;
  /** Whether a node may be emptied of it at any time; not in the middle of a job. */
  readonly movable: boolean;
}

/** Annotations by which the cluster's log router finds where a pod's lines go: the same group and stream prefix as on every tier. */
export const LOG_ANNOTATIONS = { group: 'terrace.logs/group', streamPrefix: 'terrace.logs/stream-prefix' } as const;

/** The autoscaler of nodes would otherwise never empty a node with scratch space, and always one with a running job. */
const MOVABLE = 'cluster-autoscaler.kubernetes.io/safe-to-evict';

/** The annotation that changes with the plain variables. */
const FINGERPRINT = 'terrace/variables';

/** The pods of one workload. */
export function podTemplate(context: WorkloadContext, props: PodProps): PodTemplate {
  const { container, component, pooler, movable } = props;
  const { key, logs } = container;
  const sidecar = pooler && poolerOf(context, container, pooler);
  const configured = isConfigured(container);
  return {
    metadata: {
      labels: workloadLabels(context, key, component),
      annotations: {
        [LOG_ANNOTATIONS.group]: logs.group,
        [LOG_ANNOTATIONS.streamPrefix]: logs.streamPrefix,
        [MOVABLE]: String(movable),
        ...(configured ? { [FINGERPRINT]: context.fingerprint({ key, component }) } : {}),
      },
    },
    spec: podSpec(context, props, configured ? key : undefined, sidecar),
  };
}

function podSpec(
  context: WorkloadContext,
  { container, component, listener, spotPercent }: PodProps,
  configMapName: string | undefined,
  sidecar: PoolerSidecar | undefined,
): PodSpec {
  const { key, architecture, stopTimeoutSeconds, user } = container;
  const own = workloadContainer({
    container,
    image: context.image(container.image),
    configMapName,
    secrets: secretVariables(container.variables, context.handover),
    listener,
  });
  const drains = listener !== undefined;
  const volumes = [...scratchVolumes(container), ...(sidecar === undefined ? [] : [POOLER_VOLUME])];
  return {
    serviceAccountName: key,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: component === 'job' ? 'Never' : 'Always',
    terminationGracePeriodSeconds: stopTimeoutSeconds + (drains ? DRAIN_SECONDS : 0),
    securityContext: podSecurity(runAsOf(user)),
    nodeSelector: { 'kubernetes.io/arch': architecture === 'arm64' ? 'arm64' : 'amd64' },
    affinity: { nodeAffinity: nodeAffinity(spotPercent) },
    topologySpreadConstraints: component === 'job' ? undefined : spread(key),
    containers: sidecar === undefined ? [own] : [poolerContainer(container, sidecar, drains), own],
    volumes: volumes.length === 0 ? undefined : volumes,
  };
}

/** Over zones first, then over nodes; rather unevenly than not at all. */
function spread(key: string): readonly SpreadConstraint[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorLabels(key) },
  }));
}
