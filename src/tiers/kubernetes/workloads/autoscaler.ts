/** Adds and removes pods so that their load stays near a target. Pure. */
import type { ResolvedService, ResolvedWorker } from '../../../config/resolved/environment';
import type { WorkloadContext } from './context';
import { workloadMetadata, type Manifest } from './manifest';

export interface AutoscalerManifest extends Manifest<'autoscaling/v2', 'HorizontalPodAutoscaler'> {
  readonly spec: {
    readonly scaleTargetRef: ScaleTarget;
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly metrics: readonly ResourceMetric[];
    readonly behavior: { readonly scaleUp: ScalingPace; readonly scaleDown: ScalingPace };
  };
}

export interface ScaleTarget {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'Deployment';
  readonly name: string;
}

export interface ResourceMetric {
  readonly type: 'Resource';
  readonly resource: {
    readonly name: 'cpu' | 'memory';
    readonly target: { readonly type: 'Utilization'; readonly averageUtilization: number };
  };
}

/** How fast the number of pods may change. */
export interface ScalingPace {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: 'Max' | 'Disabled';
  readonly policies: readonly { readonly type: 'Percent' | 'Pods'; readonly value: number; readonly periodSeconds: number }[];
}

/** The shortest and longest period that a policy may have. Source: validation of autoscaling/v2. */
const PERIOD_SECONDS = { shortest: 15, longest: 1800 } as const;

/** Up at once, at most doubled (or four more) in each cool-down. */
export function paceUp(cooldownSeconds: number): ScalingPace {
  const periodSeconds = Math.min(Math.max(cooldownSeconds, PERIOD_SECONDS.shortest), PERIOD_SECONDS.longest);
  return {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 100, periodSeconds },
      { type: 'Pods', value: 4, periodSeconds },
    ],
  };
}

/** Down to the most that was wanted during the cool-down. */
export function paceDown(cooldownSeconds: number): ScalingPace {
  return {
    stabilizationWindowSeconds: cooldownSeconds,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS.shortest }],
  };
}

/** Whether some autoscaler sets the number of pods, so that the deployment must not. */
export function isScaled({ replicas, scaling }: ResolvedService | ResolvedWorker): boolean {
  if (scaling === undefined) return false;
  if ('queue' in scaling) return true;
  return replicas.max > replicas.min && (scaling.cpuPercent !== undefined || scaling.memoryPercent !== undefined);
}

/** The deployment of a workload, as scalers name it. */
export function scaleTarget(name: string): ScaleTarget {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name };
}

/**
 * The autoscaler of a service, or of a worker that does not scale on a queue; nothing where the number is fixed.
 * `requestsPerTarget` has no counterpart here: the cluster does not see the load balancer's counts, and a rule says so.
 */
export function autoscaler(context: WorkloadContext, workload: ResolvedService | ResolvedWorker): AutoscalerManifest | undefined {
  const { key, replicas, scaling } = workload;
  if (scaling === undefined || 'queue' in scaling || !isScaled(workload)) return undefined;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: workloadMetadata(context, key, 'port' in workload ? 'service' : 'worker'),
    spec: {
      scaleTargetRef: scaleTarget(key),
      minReplicas: replicas.min,
      maxReplicas: replicas.max,
      metrics: [...metric('cpu', scaling.cpuPercent), ...metric('memory', scaling.memoryPercent)],
      behavior: { scaleUp: paceUp(scaling.scaleOutCooldownSeconds), scaleDown: paceDown(scaling.scaleInCooldownSeconds) },
    },
  };
}

function metric(name: 'cpu' | 'memory', percent: number | undefined): readonly ResourceMetric[] {
  if (percent === undefined) return [];
  return [{ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: Math.round(percent) } } }];
}
