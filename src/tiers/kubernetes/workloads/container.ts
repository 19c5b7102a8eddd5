/** The container of a workload: the same variables, health path and limits as on every other tier. Pure. */
import type { Container, ContainerPort, EnvVar, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import type { ResolvedContainer, ResolvedWorkload } from '../../../config/resolved/environment';
import { secretVariables, type SecretVariable } from '../../../modules/containers/variable-values';
import type { WorkloadContext } from './context';
import { kubernetesLiteral, resourcesOf, storageQuantity } from './notation';
import { probesOf, type ProbeManifest } from './probes';
import { hasPlainVariables } from './variables';

/** The fields of a container that Terrace sets, all of which `resources/pod-template.ts` converts. */
export type ContainerManifest = Pick<
  Container,
  'name' | 'image' | 'imagePullPolicy' | 'command' | 'args' | 'ports' | 'env' | 'resources' | 'volumeMounts' | 'lifecycle'
> &
  Partial<Record<'startupProbe' | 'readinessProbe' | 'livenessProbe', ProbeManifest>> & {
    readonly envFrom?: { readonly configMapRef: { readonly name: string } }[];
    readonly securityContext: ReturnType<typeof containerSecurity>;
  };

/**
 * Seconds between removal from the service and SIGTERM, in which the load balancer learns that the pod stops.
 * Source: the AWS load balancer controller's guide on graceful shutdown; target groups are updated within seconds.
 */
const DRAIN_SECONDS = 15;

/** What a container of a service does in that time: it serves. */
export const DRAIN = { preStop: { exec: { command: ['sleep', String(DRAIN_SECONDS)] } } } satisfies Container['lifecycle'];

/** The user of containers that name none. Kubernetes cannot verify that an image's own user is not root if it has a name. */
const DEFAULT_USER = 1000;

/** The workload's own container. */
export function workloadContainer(context: WorkloadContext, workload: ResolvedWorkload): ContainerManifest {
  const { key, command, entryPoint, readOnlyRoot, user, variables } = workload;
  const listener = workload.kind === 'service' ? workload : undefined;
  const secrets = secretVariables(variables, context.handover);
  const mounts = scratchMounts(workload);
  const ports = portsOf(workload);
  return {
    name: key,
    image: context.image(workload.image),
    imagePullPolicy: 'IfNotPresent',
    // What Docker and ECS call entry point and command, Kubernetes calls command and arguments.
    command: entryPoint?.map(kubernetesLiteral),
    args: command?.map(kubernetesLiteral),
    ports: ports.length === 0 ? undefined : ports,
    envFrom: hasPlainVariables(workload) ? [{ configMapRef: { name: key } }] : undefined,
    env: secrets.length === 0 ? undefined : secretReferences(key, secrets),
    resources: resourcesOf(workload),
    volumeMounts: mounts.length === 0 ? undefined : mounts,
    ...(listener && probesOf(listener)),
    lifecycle: listener && DRAIN,
    securityContext: containerSecurity(runAsOf(user), readOnlyRoot),
  };
}

/** The port of a service, and that of its metrics: Prometheus finds only ports that are declared. */
function portsOf(workload: ResolvedWorkload): ContainerPort[] {
  const port = workload.kind === 'service' ? workload.port : undefined;
  const metrics = workload.kind === 'job' ? undefined : workload.metrics?.port;
  return [
    ...(port === undefined ? [] : [{ name: 'http', containerPort: port, protocol: 'TCP' }]),
    ...(metrics === undefined || metrics === port ? [] : [{ name: 'metrics', containerPort: metrics, protocol: 'TCP' }]),
  ];
}

/** Seconds from the first notice to the end: the time to drain, then the time that the description gives to stop. */
export function terminationSeconds({ kind, stopTimeoutSeconds }: Pick<ResolvedWorkload, 'kind' | 'stopTimeoutSeconds'>): number {
  return stopTimeoutSeconds + (kind === 'service' ? DRAIN_SECONDS : 0);
}

/** Variables from the secret of this name; the secret's keys are the names of the variables. */
export function secretReferences(secretName: string, secrets: readonly Pick<SecretVariable, 'name'>[]): EnvVar[] {
  return secrets.map(({ name }) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key: name } } }));
}

/** An empty directory with the pod's life time, as large as all the disk that its container may use. */
export function scratchVolume(name: string, container: Pick<ResolvedContainer, 'ephemeralStorageGib'> = {}) {
  return { name, emptyDir: { sizeLimit: storageQuantity(container) } } satisfies Volume;
}

/**
 * The scratch directories of a container with a read-only root file system; equal paths are mounted once.
 * @param prefix begins the names of its volumes, which no other container of the pod mounts
 */
export function scratchMounts(
  { readOnlyRoot, writablePaths }: Pick<ResolvedContainer, 'readOnlyRoot' | 'writablePaths'>,
  prefix = '',
) {
  const paths = readOnlyRoot ? [...new Set(writablePaths)] : [];
  return paths.map((path, index) => ({ name: `${prefix}scratch-${index}`, mountPath: path })) satisfies VolumeMount[];
}

export interface RunAs {
  readonly user: number;
  readonly group: number;
}

/** Parses `uid[:gid]`; the group defaults to the number of the user. */
export function runAsOf(user: string | undefined): RunAs {
  const [uid = String(DEFAULT_USER), gid = uid] = user?.split(':') ?? [];
  return { user: Number(uid), group: Number(gid) };
}

/** As few rights as the namespace's `restricted` standard demands. */
export function containerSecurity({ user, group }: RunAs, readOnlyRootFilesystem: boolean) {
  return {
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem,
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: group,
    capabilities: { drop: ['ALL'] },
  } satisfies Container['securityContext'];
}
