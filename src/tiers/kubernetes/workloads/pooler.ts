/** PgBouncer beside the container of a pod: there before it, and gone after it. Pure. */
import type { Pooler, ResolvedContainer } from '../../../config/resolved/environment';
import { PORTS } from '../../../config/tables/ports';
import {
  POOLER_CONFIG_PATH,
  POOLER_HOST,
  POOLER_IMAGE,
  POOLER_NAME,
  poolerSidecar,
  type PoolerSidecar,
} from '../../../modules/containers/pooler';
import { DRAIN_SECONDS, secretReferences, type ContainerManifest } from './container';
import type { WorkloadContext } from './context';
import { resourcesOf } from './quantity';
import { containerSecurity } from './security';
import { scratchVolume, type Volume } from './volumes';

/** The user `postgres` of the image. It need not start as root: the pod's group may write to scratch volumes. */
const POOLER_USER = { user: 70, group: 70 };

/** Passing queries on takes little; a Fargate task has its pooler inside its own size, a pod beside it. */
export const POOLER_SIZE = { vcpu: 0.1, memoryMib: 64 };

/** Where PgBouncer keeps its configuration. */
export const POOLER_VOLUME: Volume = scratchVolume(POOLER_NAME);

/** The name of the secret with the pooler's login. */
export function poolerSecretName(key: string): string {
  return `${key}-${POOLER_NAME}`;
}

/** What the pooler of a workload is told, and where its login lies. */
export function poolerOf(
  { facts, handover }: Pick<WorkloadContext, 'facts' | 'handover'>,
  container: Pick<ResolvedContainer, 'key' | 'variables'>,
  pooler: Pooler,
): PoolerSidecar {
  return poolerSidecar(container, pooler, facts, handover);
}

/**
 * The sidecar. It stands first in the pod and answers before the next container is started: the kubelet waits for
 * `postStart`. When the pod ends, both are told at once, so it waits out the other's last requests.
 */
export function poolerContainer(
  { key, stopTimeoutSeconds }: Pick<ResolvedContainer, 'key' | 'stopTimeoutSeconds'>,
  { environment, secrets }: PoolerSidecar,
  drains: boolean,
): ContainerManifest {
  const answers = `until nc -z ${POOLER_HOST} ${PORTS.pooler}; do sleep 0.2; done`;
  const outlives = stopTimeoutSeconds + (drains ? DRAIN_SECONDS : 0);
  // Nothing a person wrote: hosts and numbers, in which Kubernetes finds no `$(NAME)`.
  const plain = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return {
    name: POOLER_NAME,
    image: POOLER_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    env: [...plain, ...secretReferences(poolerSecretName(key), secrets)],
    resources: resourcesOf(POOLER_SIZE.vcpu, POOLER_SIZE.memoryMib),
    volumeMounts: [{ name: POOLER_NAME, mountPath: POOLER_CONFIG_PATH }],
    lifecycle: {
      postStart: { exec: { command: ['timeout', '30', 'sh', '-c', answers] } },
      preStop: { exec: { command: ['sleep', String(outlives)] } },
    },
    securityContext: containerSecurity(POOLER_USER, true),
  };
}
