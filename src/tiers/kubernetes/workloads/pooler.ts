/** PgBouncer as a sidecar: it starts before the container of its pod, and stops after it. Pure. */
import { POOLER_KEY } from '../../../config/names';
import type { ResolvedWorkload } from '../../../config/resolved/environment';
import { POOLER_SIZE } from '../../../config/calculations/node-capacity';
import { PORTS } from '../../../config/tables/ports';
import { POOLER_CONFIG_PATH, POOLER_HOST, poolerSidecar, type PoolerSidecar } from '../../../modules/containers/pooler';
import { containerSecurity, scratchVolume, secretReferences, terminationSeconds, type ContainerManifest } from './container';
import type { WorkloadContext } from './context';
import { resourcesOf } from './notation';

/** The user `postgres` of the image. It need not start as root: the pod's group may write to scratch volumes. */
const POOLER_USER = { user: 70, group: 70 };

/** Holds PgBouncer's configuration. */
export const POOLER_VOLUME = scratchVolume(POOLER_KEY);

/** The name of the secret with the pooler's login. */
export function poolerSecretName(key: string): string {
  return `${key}-${POOLER_KEY}`;
}

/** The settings and login of a workload's pooler; nothing for a workload without one. */
export function poolerOf(
  { facts, handover, identity }: Pick<WorkloadContext, 'facts' | 'handover' | 'identity'>,
  workload: ResolvedWorkload,
): PoolerSidecar | undefined {
  if (workload.kind === 'job' || workload.pooler === undefined) return undefined;
  return poolerSidecar(workload, workload.pooler, facts, handover, identity.region);
}

/**
 * The sidecar's container. It is the pod's first one: the kubelet waits for its `postStart` before it starts the next. When
 * the pod ends, all containers are notified at once, so this one waits for the others' last queries.
 */
export function poolerContainer(
  workload: ResolvedWorkload,
  { image, environment, secrets, command }: PoolerSidecar,
): ContainerManifest {
  const untilReady = `until nc -z ${POOLER_HOST} ${PORTS.pooler}; do sleep 0.2; done`;
  // Hosts and numbers only, in which Kubernetes finds no `$(NAME)`.
  const plain = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return {
    name: POOLER_KEY,
    image: image.reference,
    imagePullPolicy: 'IfNotPresent',
    command: command === undefined ? undefined : [...command],
    env: [...plain, ...secretReferences(poolerSecretName(workload.key), secrets)],
    resources: resourcesOf(POOLER_SIZE),
    volumeMounts: [{ name: POOLER_KEY, mountPath: POOLER_CONFIG_PATH }],
    lifecycle: {
      postStart: { exec: { command: ['timeout', '30', 'sh', '-c', untilReady] } },
      preStop: { exec: { command: ['sleep', String(terminationSeconds(workload))] } },
    },
    securityContext: containerSecurity(POOLER_USER, true),
  };
}
