/** The Deployment of a service or worker, and how its pods are replaced by newer ones. Pure. */
import type { Deployment, DeploymentStrategy } from 'kubernetes-types/apps/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { Deployment as DeploymentSettings, ResolvedService, ResolvedWorker } from '../../../config/resolved/environment';
import { rotatedSources } from '../../../modules/containers/rotation';
import { selectorLabels, workloadMetadata, type Labels, type WorkloadContext, type WorkloadId } from './context';
import { podTemplate } from './pod';
import { poolerSecretName } from './pooler';
import { isScaled } from './scaling';
import { sidecarSecretName } from './sidecars';

/** Seconds without progress after which a release counts as failed; the default of Kubernetes. */
const PROGRESS_DEADLINE_SECONDS = 600;

/** Releases that `kubectl rollout undo` can go back to; the default of Kubernetes. */
const REVISIONS = 10;

/**
 * The most pods in addition to the desired number during a release, in percent. Fargate has room for twice as many, nodes
 * have not. The tier's document rolls "25 % / 0".
 */
const MAXIMUM_SURGE_PERCENT = 25;

/** Lists the secrets on whose change Reloader restarts the Deployment. */
export const RELOAD_ANNOTATION = 'secret.reloader.stakater.com/reload';

export type DeploymentManifest = ReturnType<typeof deployment>;

export function deployment(context: WorkloadContext, workload: ResolvedService | ResolvedWorker) {
  const { key, replicas } = workload;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: workloadMetadata(context, workload, reloadAnnotations(context, workload)),
    spec: {
      // Set by the autoscaler, where there is one.
      replicas: isScaled(workload) ? undefined : replicas.min,
      revisionHistoryLimit: REVISIONS,
      progressDeadlineSeconds: PROGRESS_DEADLINE_SECONDS,
      selector: { matchLabels: selectorLabels(key) },
      strategy: strategy(workload),
      template: podTemplate(context, workload),
    },
  } satisfies Deployment;
}

/** A rolling update starts the new pod while the old one is still stopping, which a singleton must not. */
function strategy({ singleton, deployment: settings }: ResolvedService | ResolvedWorker) {
  if (singleton) return { type: 'Recreate' } satisfies DeploymentStrategy;
  return { type: 'RollingUpdate', rollingUpdate: rollingUpdate(settings) } satisfies DeploymentStrategy;
}

/** The share of pods that may be missing as described; the share of additional pods as described, within what nodes have room for. */
export function rollingUpdate({ minimumHealthyPercent, maximumPercent }: DeploymentSettings) {
  const unavailable = 100 - Math.min(minimumHealthyPercent, 100);
  const surge = Math.min(maximumPercent - 100, MAXIMUM_SURGE_PERCENT);
  return { maxSurge: `${surge}%`, maxUnavailable: `${unavailable}%` };
}

/** Containers read a rotated secret only when they start. */
function reloadAnnotations({ data }: WorkloadContext, workload: ResolvedService | ResolvedWorker): Labels | undefined {
  if (rotatedSources(workload, data).length === 0) return undefined;
  const { key, pooler, sidecars } = workload;
  const names = [
    key,
    ...(pooler === undefined ? [] : [poolerSecretName(key)]),
    ...sidecars.flatMap((one) => (Object.keys(one.variables.secrets).length === 0 ? [] : [sidecarSecretName(key, one)])),
  ];
  return { [RELOAD_ANNOTATION]: names.join(',') };
}

export type DisruptionBudgetManifest = ReturnType<typeof disruptionBudget>;

/**
 * One pod at a time when nodes are drained. Not `minAvailable: 1`: the node of a single pod could then never be drained, and
 * the cluster never upgraded.
 */
export function disruptionBudget(context: WorkloadContext, workload: WorkloadId) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: workloadMetadata(context, workload),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(workload.key) } },
  } satisfies PodDisruptionBudget;
}
