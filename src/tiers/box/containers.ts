/** Services, workers and jobs as the renderers of the host receive them. Pure. */
import type {
  ResolvedContainer,
  ResolvedData,
  ResolvedJob,
  ResolvedService,
  ResolvedWorker,
  ResolvedWorkloads,
} from '../../config/resolved/environment';
import type { DataHandover } from '../../contracts/handovers';
import { required } from '../../contracts/lookups';
import { referenceValue, secretVariables, type EnvironmentFacts } from '../../modules/containers/variable-values';
import type { MarkedReferences } from '../../terraform/marked-references';
import { PATHS } from './host/paths';
import type { HostContainer, HostJob, HostMount, HostService, HostWorker } from './host/types';

export interface ContainerContext {
  readonly data: ResolvedData;
  readonly handover: DataHandover;
  readonly facts: EnvironmentFacts;
  readonly references: MarkedReferences;
}

/** Every container of the environment: services, workers, then jobs. */
export function hostContainers(
  { services, workers, jobs }: ResolvedWorkloads,
  context: ContainerContext,
): readonly HostContainer[] {
  return [
    ...services.map((service) => hostService(service, context)),
    ...workers.map((worker) => hostWorker(worker, context)),
    ...jobs.map((job) => hostJob(job, context)),
  ];
}

function hostService(service: ResolvedService, context: ContainerContext): HostService {
  return { ...service, ...onHost(service, context), kind: 'service' };
}

/** Elsewhere a worker with a queue starts from zero; here at least one always runs. */
function hostWorker(worker: ResolvedWorker, context: ContainerContext): HostWorker {
  return { ...worker, ...onHost(worker, context), kind: 'worker', count: Math.max(1, worker.replicas.min) };
}

function hostJob(job: ResolvedJob, context: ContainerContext): HostJob {
  return { ...job, ...onHost(job, context), kind: 'job' };
}

/** What a container is given on this host: its image, the values of its variables, and its directories. */
function onHost(
  { image, variables, mounts }: ResolvedContainer,
  { data, handover, facts, references }: ContainerContext,
): Pick<HostContainer, 'image' | 'plain' | 'secrets' | 'mounts'> {
  const values = Object.entries(variables.references).map(([name, reference]) => {
    return [name, references.mark(referenceValue(reference, facts))] as const;
  });
  const secrets = secretVariables(variables, handover).map(({ name, arn, key }) => {
    return [name, { arn: references.mark(arn), key }] as const;
  });
  return {
    image: hostImage(image, data),
    plain: sorted([...Object.entries(variables.plain), ...values]),
    secrets: sorted(secrets),
    mounts: mounts.map((mount) => hostMount(mount, data)),
  };
}

function hostImage(image: ResolvedContainer['image'], { images }: ResolvedData): HostContainer['image'] {
  if (image.kind === 'pinned') return { reference: image.reference };
  const { parameterName } = required(
    images.find(({ key }) => key === image.key),
    `the image "${image.key}"`,
  );
  return { parameterName };
}

/** The directory that other tiers mount from EFS, with the same owner, on the data volume. */
function hostMount(
  { fileSystem, accessPoint, path, readOnly }: ResolvedContainer['mounts'][number],
  { fileSystems }: ResolvedData,
): HostMount {
  const point = required(
    fileSystems.find(({ key }) => key === fileSystem)?.accessPoints[accessPoint],
    `the access point "${accessPoint}" of ${fileSystem}`,
  );
  return {
    source: `${PATHS.files}/${fileSystem}${point.path}`.replace(/\/+$/, ''),
    path,
    readOnly,
    owner: `${point.userId}:${point.groupId}`,
    permissions: point.permissions,
  };
}

/** In the order of names, so that the same description gives the same bytes. */
function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}
