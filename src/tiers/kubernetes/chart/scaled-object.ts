/**
 * Scales a worker on the messages that wait in its queue, from zero pods and back to zero. Pure.
 *
 *   backlog = visible + in flight        wanted = ceil(backlog / messages per task)
 *
 *   out: while more pods are wanted than run
 *   in:  once the backlog has been empty for the whole cool-down, to zero; as on Fargate, none is taken away in between,
 *        because nobody knows which one is idle
 */
import type { ResolvedWorker } from '../../../config/resolved/environment';
import { paceDown, paceUp, scaleTarget, type ScaleTarget, type ScalingPace } from '../workloads/autoscaler';
import type { WorkloadContext } from '../workloads/context';
import { commonMetadata, workloadMetadata, type Manifest } from '../workloads/manifest';

export interface TriggerAuthenticationManifest extends Manifest<'keda.sh/v1alpha1', 'TriggerAuthentication'> {
  readonly spec: { readonly podIdentity: { readonly provider: 'aws' } };
}

export interface ScaledObjectManifest extends Manifest<'keda.sh/v1alpha1', 'ScaledObject'> {
  readonly spec: {
    readonly scaleTargetRef: ScaleTarget;
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly pollingInterval: number;
    readonly cooldownPeriod: number;
    readonly advanced: {
      readonly horizontalPodAutoscalerConfig: {
        readonly behavior: { readonly scaleUp: ScalingPace; readonly scaleDown: ScalingPace };
      };
    };
    readonly triggers: readonly QueueTrigger[];
  };
}

interface QueueTrigger {
  readonly type: 'aws-sqs-queue';
  readonly metadata: Readonly<Record<'queueURL' | 'queueLength' | 'awsRegion' | 'scaleOnInFlight', string>>;
  readonly authenticationRef: { readonly name: string };
}

const AUTHENTICATION = 'aws';

/** Seconds between two looks at the queue. */
const POLLING_SECONDS = 30;

/** Who KEDA is when it asks AWS: its operator, whose role may read the attributes of exactly these queues. */
export function triggerAuthentication(context: WorkloadContext): TriggerAuthenticationManifest {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'TriggerAuthentication',
    metadata: commonMetadata(context, AUTHENTICATION),
    spec: { podIdentity: { provider: 'aws' } },
  };
}

/** The scaler of one worker; nothing for a worker that does not scale on a queue. */
export function scaledObject(
  context: WorkloadContext,
  { key, replicas, scaling }: ResolvedWorker,
): ScaledObjectManifest | undefined {
  if (scaling === undefined || !('queue' in scaling)) return undefined;
  const { queue, messagesPerTask, scaleOutCooldownSeconds, scaleInCooldownSeconds } = scaling;
  const queueURL = context.handover.queues[queue]?.url;
  if (queueURL === undefined) throw new Error(`${key} scales on the queue "${queue}", which the data stack does not hold`);
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: workloadMetadata(context, key, 'worker'),
    spec: {
      scaleTargetRef: scaleTarget(key),
      minReplicaCount: replicas.min,
      maxReplicaCount: replicas.max,
      pollingInterval: POLLING_SECONDS,
      cooldownPeriod: scaleInCooldownSeconds,
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: { scaleUp: paceUp(scaleOutCooldownSeconds), scaleDown: scaleDown(replicas.min, scaleInCooldownSeconds) },
        },
      },
      triggers: [
        {
          type: 'aws-sqs-queue',
          metadata: {
            queueURL,
            queueLength: String(messagesPerTask),
            awsRegion: context.identity.region,
            scaleOnInFlight: 'true',
          },
          authenticationRef: { name: AUTHENTICATION },
        },
      ],
    },
  };
}

/** Only KEDA's step to zero waits for an empty queue. From a higher rest, the ordinary way down is the only one there is. */
function scaleDown(rest: number, cooldownSeconds: number): ScalingPace {
  return rest === 0 ? { ...paceDown(cooldownSeconds), selectPolicy: 'Disabled' } : paceDown(cooldownSeconds);
}
