/**
 * How the number of pods follows the load or the backlog of a queue. Pure.
 *
 * Load: a HorizontalPodAutoscaler. Queue or list in Redis: KEDA, from zero pods and back to zero:
 *
 *   backlog = visible + in flight, or the length of the list        desired = ceil(backlog / messages per task)
 *
 *   out: while the desired number is larger than the running one
 *   in:  to zero, once the backlog has been empty for the whole cool-down; as on Fargate, never in between, because the
 *        pod that is removed might be the one that is busy
 */
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { ListScaling, QueueScaling, ResolvedService, ResolvedWorker } from '../../../config/resolved/environment';
import { PORTS } from '../../../config/tables/ports';
import { commonMetadata, workloadMetadata, type WorkloadContext } from './context';

type ScaledWorkload = ResolvedService | ResolvedWorker;

/** The shortest and longest period of a scaling policy. Source: validation of autoscaling/v2. */
const PERIOD_SECONDS = { shortest: 15, longest: 1800 } as const;

/** Whether an autoscaler sets the number of pods, so that the Deployment must not. */
export function isScaled({ replicas, scaling }: ScaledWorkload): boolean {
  if (scaling === undefined) return false;
  if (scaling.kind !== 'load') return true;
  return replicas.max > replicas.min && (scaling.cpuPercent !== undefined || scaling.memoryPercent !== undefined);
}

export type AutoscalerManifest = NonNullable<ReturnType<typeof autoscaler>>;

/**
 * Keeps CPU and memory near their targets; nothing for a fixed number of pods, and for a worker that scales on a backlog.
 * `requestsPerTarget` is not followed: the cluster does not see the load balancer's counts (rule `pod-scaling`).
 */
export function autoscaler(context: WorkloadContext, workload: ScaledWorkload) {
  const { key, replicas, scaling } = workload;
  if (scaling?.kind !== 'load' || !isScaled(workload)) return undefined;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: workloadMetadata(context, workload),
    spec: {
      scaleTargetRef: scaleTarget(key),
      minReplicas: replicas.min,
      maxReplicas: replicas.max,
      metrics: [...utilization('cpu', scaling.cpuPercent), ...utilization('memory', scaling.memoryPercent)],
      behavior: {
        scaleUp: scaleUpPolicy(scaling.scaleOutCooldownSeconds),
        scaleDown: scaleDownPolicy(scaling.scaleInCooldownSeconds),
      },
    },
  } satisfies HorizontalPodAutoscaler;
}

function utilization(name: 'cpu' | 'memory', percent: number | undefined) {
  if (percent === undefined) return [];
  return [{ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: Math.round(percent) } } }];
}

const AUTHENTICATION = 'aws';

/** Seconds between two reads of a queue's length. */
const POLLING_SECONDS = 30;

/** KEDA calls AWS as its operator, whose role may read the attributes of the queues that workers scale on. */
export function triggerAuthentication(context: WorkloadContext) {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'TriggerAuthentication',
    metadata: commonMetadata(context, AUTHENTICATION),
    spec: { podIdentity: { provider: 'aws' } },
  };
}

/** The scaler of a worker; nothing for a worker that does not scale on a queue or a list. */
export function scaledObject(context: WorkloadContext, worker: ResolvedWorker) {
  const { key, replicas, scaling } = worker;
  if (scaling === undefined || scaling.kind === 'load') return undefined;
  const { scaleOutCooldownSeconds, scaleInCooldownSeconds } = scaling;
  const scaleDown = scaleDownPolicy(scaleInCooldownSeconds);
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: workloadMetadata(context, worker),
    spec: {
      scaleTargetRef: scaleTarget(key),
      minReplicaCount: replicas.min,
      maxReplicaCount: replicas.max,
      pollingInterval: POLLING_SECONDS,
      cooldownPeriod: scaleInCooldownSeconds,
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleUp: scaleUpPolicy(scaleOutCooldownSeconds),
            // Only KEDA's own step to zero waits for an empty queue. A worker that keeps a pod can only scale in as usual.
            scaleDown: replicas.min === 0 ? { ...scaleDown, selectPolicy: 'Disabled' } : scaleDown,
          },
        },
      },
      triggers: [scaling.kind === 'queue' ? queueTrigger(context, key, scaling) : listTrigger(context, key, scaling)],
    },
  };
}

function queueTrigger({ handover, identity }: WorkloadContext, key: string, { queue, messagesPerTask }: QueueScaling) {
  const queueURL = handover.queues[queue]?.url;
  if (queueURL === undefined) throw new Error(`${key} scales on the queue "${queue}", which the data stack does not hold`);
  return {
    type: 'aws-sqs-queue',
    metadata: {
      queueURL,
      queueLength: String(messagesPerTask),
      awsRegion: identity.region,
      scaleOnInFlight: 'true',
    },
    authenticationRef: { name: AUTHENTICATION },
  };
}

/** ElastiCache speaks TLS with a certificate of a public authority, and has no password: security groups decide who connects. */
function listTrigger({ handover }: WorkloadContext, key: string, { redisList, redisDatabase, entriesPerTask }: ListScaling) {
  if (handover.cache === undefined) throw new Error(`${key} scales on a list in Redis, and the data stack has no cache`);
  return {
    type: 'redis',
    metadata: {
      address: `${handover.cache.host}:${PORTS.redis}`,
      enableTLS: 'true',
      listName: redisList,
      listLength: String(entriesPerTask),
      databaseIndex: String(redisDatabase),
    },
  };
}

function scaleTarget(name: string) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name };
}

/** Up at once, at most doubled (or four pods more) in each cool-down. */
function scaleUpPolicy(cooldownSeconds: number) {
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

/** Down to the largest number that was desired during the cool-down. */
function scaleDownPolicy(cooldownSeconds: number) {
  return {
    stabilizationWindowSeconds: cooldownSeconds,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS.shortest }],
  };
}
