/** The pods of a workload: containers, user, volumes, and the nodes they may run on. Pure. */
import type { NodeAffinity, PodSpec, PodTemplateSpec, Toleration } from 'kubernetes-types/core/v1';
import type { ResolvedSidecar, ResolvedWorkload } from '../../../config/resolved/environment';
import { NODE_GROUP_LABEL } from '../../../config/tiers/kubernetes/node-groups';
import { factsFor } from '../../../modules/containers/pooler';
import { LOG_ANNOTATIONS } from '../platform/logging';
import { runAsOf, scratchMounts, scratchVolume, terminationSeconds, workloadContainer } from './container';
import { selectorLabels, workloadLabels, type WorkloadContext } from './context';
import { poolerContainer, poolerOf, POOLER_VOLUME } from './pooler';
import { sidecarContainer, sidecarMounts } from './sidecars';
import { hasPlainVariables } from './variables';

/** By default the cluster autoscaler keeps a node because of one pod with scratch space, and removes one with a running job. */
const SAFE_TO_EVICT = 'cluster-autoscaler.kubernetes.io/safe-to-evict';

/** Changes with the plain variables. */
const FINGERPRINT = 'terrace/variables';

/** `SPOT` or `ON_DEMAND`. Source: Amazon EKS user guide, "Managed node group capacity types". */
const CAPACITY_TYPE = 'eks.amazonaws.com/capacityType';

export type PodTemplate = ReturnType<typeof podTemplate>;

/** The pod template of a Deployment or a Job. */
export function podTemplate(context: WorkloadContext, workload: ResolvedWorkload) {
  const { logs } = workload;
  return {
    metadata: {
      labels: workloadLabels(context, workload),
      annotations: {
        [LOG_ANNOTATIONS.group]: logs.group,
        [LOG_ANNOTATIONS.streamPrefix]: logs.streamPrefix,
        [SAFE_TO_EVICT]: String(isSafeToEvict(workload)),
        ...(hasPlainVariables(workload) ? { [FINGERPRINT]: context.fingerprint(workload) } : {}),
      },
    },
    spec: podSpec(context, workload),
  } satisfies PodTemplateSpec;
}

function podSpec(context: WorkloadContext, workload: ResolvedWorkload) {
  const { kind, key, architecture, user, nodeGroup } = workload;
  const { user: runAsUser, group } = runAsOf(user);
  const container = workloadContainer(context, workload);
  const pooler = poolerOf(context, workload);
  const facts = factsFor(context.facts, pooler);
  const sidecarsOf = (wanted: (one: ResolvedSidecar) => boolean) =>
    workload.sidecars.filter(wanted).map((one) => sidecarContainer(context, workload, one, facts));
  const volumes = [
    ...scratchMounts(workload).map(({ name }) => scratchVolume(name, workload)),
    ...(pooler === undefined ? [] : [POOLER_VOLUME]),
    ...workload.sidecars.flatMap(sidecarMounts).map(({ name }) => scratchVolume(name)),
  ];
  return {
    serviceAccountName: key,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: kind === 'job' ? 'Never' : 'Always',
    terminationGracePeriodSeconds: terminationSeconds(workload),
    securityContext: {
      runAsNonRoot: true,
      runAsUser,
      runAsGroup: group,
      // Scratch volumes belong to this group, which may write to them.
      fsGroup: group,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    nodeSelector: {
      'kubernetes.io/arch': architecture === 'arm64' ? 'arm64' : 'amd64',
      ...(nodeGroup === undefined ? {} : { [NODE_GROUP_LABEL]: nodeGroup }),
    },
    tolerations: nodeGroup === undefined ? undefined : [toleration(nodeGroup)],
    // The nodes of a named group are all of one capacity.
    affinity: nodeGroup === undefined ? { nodeAffinity: nodeAffinity(kind === 'job' ? 0 : workload.spotPercent) } : undefined,
    topologySpreadConstraints: kind === 'job' ? undefined : spreadConstraints(key),
    containers: [
      ...(pooler === undefined ? [] : [poolerContainer(workload, pooler)]),
      ...sidecarsOf((one) => one.waitFor !== 'nothing'),
      container,
      ...sidecarsOf((one) => one.waitFor === 'nothing'),
    ],
    volumes: volumes.length === 0 ? undefined : volumes,
  } satisfies PodSpec;
}

/** Jobs, and workers that process a queue or a list, are always in the middle of some work. */
function isSafeToEvict(workload: ResolvedWorkload): boolean {
  return workload.kind !== 'job' && (workload.scaling === undefined || workload.scaling.kind === 'load');
}

/**
 * With a Spot share of 0 pods must not run on Spot nodes. Otherwise they prefer them, the more so the larger the share, and
 * run elsewhere when there is no Spot capacity.
 */
function nodeAffinity(spotPercent: number): NodeAffinity {
  const term = (operator: 'In' | 'NotIn') => ({ matchExpressions: [{ key: CAPACITY_TYPE, operator, values: ['SPOT'] }] });
  if (spotPercent === 0) return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term('NotIn')] } };
  const weight = Math.max(1, Math.round(spotPercent));
  return { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, preference: term('In') }] };
}

/** Of the taint that keeps all other pods away from the group. */
function toleration(nodeGroup: string) {
  return { key: NODE_GROUP_LABEL, operator: 'Equal', value: nodeGroup, effect: 'NoSchedule' } satisfies Toleration;
}

/** Over zones, then over nodes. An uneven spread is better than a pod that does not run. */
function spreadConstraints(key: string) {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorLabels(key) },
  }));
}
