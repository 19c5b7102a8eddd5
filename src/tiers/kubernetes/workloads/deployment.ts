/** What runs all the time, and how its pods are replaced by newer ones. Pure. */
import type { Deployment, ResolvedService, ResolvedWorker } from '../../../config/resolved/environment';
import { rotatedSources } from '../../../modules/containers/rotation';
import { isScaled } from './autoscaler';
import type { WorkloadContext } from './context';
import { selectorLabels, workloadMetadata, type Labels, type LabelSelector, type Manifest } from './manifest';
import { podTemplate, type PodTemplate } from './pod';
import { poolerSecretName } from './pooler';

export interface DeploymentManifest extends Manifest<'apps/v1', 'Deployment'> {
  readonly spec: {
    /** Left out where an autoscaler says it. */
    readonly replicas?: number;
    readonly revisionHistoryLimit: number;
    readonly progressDeadlineSeconds: number;
    readonly selector: LabelSelector;
    readonly strategy: RollingUpdate;
    readonly template: PodTemplate;
  };
}

export interface RollingUpdate {
  readonly type: 'RollingUpdate';
  /** Percentages of the pods that may be there beyond and may be missing from the wanted number. */
  readonly rollingUpdate: { readonly maxSurge: string; readonly maxUnavailable: string };
}

/** Seconds after which a release that does not get on counts as failed; Kubernetes' default. */
const PROGRESS_DEADLINE_SECONDS = 600;

/** Releases that `kubectl rollout undo` can go back to; Kubernetes' default. */
const REVISIONS = 10;

/**
 * The most pods beyond the wanted number during a release, in percent. Fargate finds room for twice as many; nodes have
 * room only for some. The tier's document rolls "25 % / 0".
 */
const MOST_SURGE_PERCENT = 25;

/** Read by Reloader, which restarts a deployment when one of these secrets changes. */
export const RESTART_ON_SECRETS = 'secret.reloader.stakater.com/reload';

/** The deployment of a service or worker. */
export function deployment(context: WorkloadContext, workload: ResolvedService | ResolvedWorker): DeploymentManifest {
  const { key, replicas, pooler, spotPercent } = workload;
  const listener = 'port' in workload ? { port: workload.port, health: workload.health } : undefined;
  const component = listener === undefined ? 'worker' : 'service';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: workloadMetadata(context, key, component, restartAnnotations(context, workload)),
    spec: {
      replicas: isScaled(workload) ? undefined : replicas.min,
      revisionHistoryLimit: REVISIONS,
      progressDeadlineSeconds: PROGRESS_DEADLINE_SECONDS,
      selector: { matchLabels: selectorLabels(key) },
      strategy: rollingUpdate(workload.deployment),
      template: podTemplate(context, {
        container: workload,
        component,
        listener,
        pooler,
        spotPercent,
        movable: !worksThroughQueue(workload),
      }),
    },
  };
}

/** As much may be missing as the description lets; as much beyond as it lets and the nodes bear. */
export function rollingUpdate({ minimumHealthyPercent, maximumPercent }: Deployment): RollingUpdate {
  const unavailable = 100 - Math.min(minimumHealthyPercent, 100);
  const surge = Math.min(maximumPercent - 100, MOST_SURGE_PERCENT);
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge: `${surge}%`, maxUnavailable: `${unavailable}%` } };
}

/** A worker on a queue is in the middle of something whenever it is there. */
function worksThroughQueue({ scaling }: ResolvedService | ResolvedWorker): boolean {
  return scaling !== undefined && 'queue' in scaling;
}

/** Containers see a rotated secret only when they are started again. */
function restartAnnotations(
  { data }: WorkloadContext,
  { key, variables, pooler }: ResolvedService | ResolvedWorker,
): Labels | undefined {
  if (rotatedSources({ variables }, data).length === 0) return undefined;
  return { [RESTART_ON_SECRETS]: pooler === undefined ? key : `${key},${poolerSecretName(key)}` };
}
