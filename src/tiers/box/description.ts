/** What the renderers of the host are told: the environment's description with the facts of this tier. Pure. */
import type {
  Identity,
  ResolvedContainer,
  ResolvedData,
  ResolvedDomain,
  ResolvedJob,
  ResolvedService,
  ResolvedWorker,
  ResolvedWorkloads,
} from '../../config/resolved/environment';
import { hostNames } from '../../config/tiers/box/resolve';
import type { ResolvedBox } from '../../config/tiers/box/resolved';
import { PORTS } from '../../config/tables/ports';
import type { DataHandover } from '../../contracts/handovers';
import { METRICS_NAMESPACE } from '../../contracts/host-metrics';
import {
  environmentFacts,
  referenceValue,
  secretVariables,
  type EnvironmentFacts,
} from '../../modules/containers/variable-values';
import type { MarkedReferences } from '../../terraform/marked-references';
import { behindBalancer } from './balancing';
import {
  DATA_DIRECTORY,
  DATA_VOLUME_LABEL,
  type HostCache,
  type HostContainer,
  type HostDatabase,
  type HostDescription,
} from './host/types';
import { hostSites } from './sites';

/** The object that holds everything the host pulls. */
export const CONFIGURATION_KEY = 'configuration.json';

/** Where directories of file systems lie on the data volume. */
export const FILES_DIRECTORY = `${DATA_DIRECTORY}/files`;

export interface DescriptionProps {
  readonly identity: Identity;
  readonly box: ResolvedBox;
  readonly workloads: ResolvedWorkloads;
  readonly data: ResolvedData;
  readonly domain?: ResolvedDomain;
  readonly handover: DataHandover;
  /** Takes Terraform's references out of the renderers' way. */
  readonly references: MarkedReferences;
}

/** The facts of an environment whose data may stand on the host. */
export function boxFacts({ identity, box, data, handover }: Omit<DescriptionProps, 'references'>): EnvironmentFacts {
  const facts = environmentFacts(identity, data, handover);
  const names = hostNames(box.dataStores);
  return {
    ...facts,
    database:
      data.database?.placement === 'host'
        ? { host: names.database, port: PORTS.postgres, name: data.database.name, replicaHosts: {} }
        : facts.database,
    cache:
      data.cache?.placement === 'host'
        ? { host: names.cache, port: PORTS.redis, url: `redis://${names.cache}:${PORTS.redis}` }
        : facts.cache,
  };
}

/** The whole host. */
export function describeHost(props: DescriptionProps): HostDescription {
  const { identity, box, workloads, data, domain, handover, references } = props;
  const facts = boxFacts(props);
  const sites = hostSites(workloads.services, domain?.names ?? []);
  const several = box.instances.max > 1;
  return {
    environment: identity.environment,
    system: identity.system,
    region: identity.region,
    operatingSystem: box.operatingSystem,
    architecture: box.architecture,
    applicationDirectory: box.applicationDirectory,
    dataStores: box.dataStores,
    // A volume is attached to one host; of several, none keeps anything.
    dataVolumeId: several ? undefined : references.mark(present(handover.boxVolume?.id, 'the data volume')),
    dataVolumeLabel: DATA_VOLUME_LABEL,
    dataDirectory: DATA_DIRECTORY,
    // Several hosts would all dump the same database at the same second: RDS's own backups and snapshots stay.
    database: several ? undefined : describeDatabase(props, facts),
    cache: describeCache(props, facts),
    containers: [
      ...workloads.services.map((service) => describeService(props, facts, service)),
      ...workloads.workers.map((worker) => describeWorker(props, facts, worker)),
      ...workloads.jobs.map((job) => describeJob(props, facts, job)),
    ],
    sites: several ? [] : sites,
    behindBalancer: several ? behindBalancer(workloads.services, sites) : undefined,
    certificateEmail: box.certificateEmail,
    origin: box.origin,
    sshAllowed: box.sshCidrs.length > 0,
    backup: {
      bucket: present(data.buckets.find(({ key }) => key === box.backup.bucket)?.name, `the bucket "${box.backup.bucket}"`),
      schedule: box.backup.schedule,
      hostRetentionDays: box.backup.hostRetentionDays,
      drillSchedule: box.backup.drillSchedule,
      paths: hasMounts(workloads) ? [FILES_DIRECTORY] : [],
    },
    configurationBucket: box.configurationBucket,
    configurationKey: CONFIGURATION_KEY,
    metricsNamespace: METRICS_NAMESPACE,
    registries: box.registries.map(({ server, secret }) => ({
      server,
      secretArn: references.mark(present(handover.secrets[secret]?.arn, `the secret "${secret}"`)),
    })),
    hostLogGroup: box.logGroup,
  };
}

function describeDatabase({ data, handover, references }: DescriptionProps, facts: EnvironmentFacts): HostDatabase | undefined {
  const { database } = data;
  if (database === undefined || facts.database === undefined || handover.database === undefined) return undefined;
  const { roleSecretArns, masterSecretArn } = handover.database;
  return {
    placement: database.placement,
    version: database.version,
    name: database.name,
    host: references.mark(facts.database.host),
    port: String(facts.database.port),
    masterSecretArn: masterSecretArn && references.mark(masterSecretArn),
    roles: database.roles.map(({ name, privileges }) => ({
      name,
      privileges,
      secretArn: references.mark(present(roleSecretArns[name], `the login of ${name}`)),
    })),
  };
}

function describeCache({ data, references }: DescriptionProps, facts: EnvironmentFacts): HostCache | undefined {
  const { cache } = data;
  if (cache === undefined || facts.cache === undefined) return undefined;
  return {
    placement: cache.placement,
    version: cache.version,
    evictionPolicy: cache.evictionPolicy,
    host: references.mark(facts.cache.host),
    port: String(facts.cache.port),
    tls: cache.placement === 'managed',
  };
}

/** One copy, whatever `replicas` says: a port of the host is there once. */
function describeService(props: DescriptionProps, facts: EnvironmentFacts, service: ResolvedService): HostContainer {
  const { health } = service;
  return {
    ...describeContainer(props, facts, service),
    kind: 'service',
    port: service.port,
    healthPath: health.path,
    healthCommand: health.command,
    healthIntervalSeconds: health.intervalSeconds,
    healthTimeoutSeconds: health.timeoutSeconds,
    healthRetries: health.unhealthyThreshold,
    healthStartPeriodSeconds: health.startPeriodSeconds,
    replicas: 1,
  };
}

/** A worker that waits for a queue starts from zero elsewhere; here one is always there. */
function describeWorker(props: DescriptionProps, facts: EnvironmentFacts, worker: ResolvedWorker): HostContainer {
  return { ...describeContainer(props, facts, worker), kind: 'worker', replicas: Math.max(1, worker.replicas.min) };
}

function describeJob(props: DescriptionProps, facts: EnvironmentFacts, job: ResolvedJob): HostContainer {
  const { schedule, timeoutSeconds } = job;
  return { ...describeContainer(props, facts, job), kind: 'job', schedule, timeoutSeconds, replicas: 1 };
}

type Common = Omit<HostContainer, 'kind' | 'replicas'>;

function describeContainer(
  { data, handover, references }: DescriptionProps,
  facts: EnvironmentFacts,
  container: ResolvedContainer,
): Common {
  const { variables } = container;
  const referred = Object.entries(variables.references).map(([name, reference]) => {
    return [name, references.mark(referenceValue(reference, facts))] as const;
  });
  const secrets = secretVariables(variables, handover).map(
    ({ name, arn, key }) => [name, { arn: references.mark(arn), key }] as const,
  );
  return {
    key: container.key,
    image: describeImage(container, data),
    command: container.command,
    entryPoint: container.entryPoint,
    vcpu: container.vcpu,
    memoryMib: container.memoryMib,
    plain: sorted([...Object.entries(variables.plain), ...referred]),
    secrets: sorted(secrets),
    mounts: container.mounts.map((mount) => describeMount(mount, data)),
    writablePaths: container.writablePaths,
    readOnlyRoot: container.readOnlyRoot,
    user: container.user,
    stopTimeoutSeconds: container.stopTimeoutSeconds,
    logs: container.logs,
  };
}

function describeImage({ image }: ResolvedContainer, { images }: ResolvedData): HostContainer['image'] {
  if (image.kind === 'pinned') return { reference: image.reference };
  return { parameterName: present(images.find(({ key }) => key === image.key)?.parameterName, `the image "${image.key}"`) };
}

/** The same directories that other tiers mount from EFS, with the same owner, on the data volume. */
function describeMount(
  { fileSystem, accessPoint, path, readOnly }: ResolvedContainer['mounts'][number],
  { fileSystems }: ResolvedData,
): HostContainer['mounts'][number] {
  const point = present(
    fileSystems.find(({ key }) => key === fileSystem)?.accessPoints[accessPoint],
    `the access point "${accessPoint}" of ${fileSystem}`,
  );
  return {
    source: `${FILES_DIRECTORY}/${fileSystem}${point.path}`.replace(/\/+$/, ''),
    path,
    readOnly,
    owner: `${point.userId}:${point.groupId}`,
    permissions: point.permissions,
  };
}

function hasMounts({ services, workers, jobs }: ResolvedWorkloads): boolean {
  return [...services, ...workers, ...jobs].some(({ mounts }) => mounts.length > 0);
}

/** In the order of names, so that the same description gives the same bytes. */
function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function present<T>(value: T | undefined, thing: string): T {
  if (value === undefined) throw new Error(`the host needs ${thing}, which the data stack does not hold`);
  return value;
}
