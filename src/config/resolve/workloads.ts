/** Services, workers, jobs and builders with every default filled. Pure. */
import { databaseInitJob } from './database-init';
import { containerName, DATABASE_INIT_KEY, logGroupName, resourceName } from '../names';
import { resolveTracing } from './observability';
import type {
  Reference,
  ResolvedContainer,
  ResolvedJob,
  ResolvedVariables,
  ResolvedWorker,
  ResolvedWorkloads,
  SecretSource,
} from '../resolved/environment';
import type { ParsedEnvironment } from '../schema/environment';

type ParsedContainer =
  ParsedEnvironment['services'][string] | ParsedEnvironment['workers'][string] | ParsedEnvironment['jobs'][string];

/** Resolves everything that runs in containers. */
export function resolveWorkloads(parsed: ParsedEnvironment): ResolvedWorkloads {
  const base = (key: string, container: ParsedContainer) => resolveContainer(parsed, key, container);
  const tracing = resolveTracing(parsed);
  return {
    services: Object.entries(parsed.services).map(([key, service]) => ({
      kind: 'service' as const,
      ...base(key, service),
      ...running(service),
      tracing,
      port: service.port,
      health: service.health,
      routes: service.routes,
      scaling: service.scaling && { kind: 'load' as const, ...service.scaling },
    })),
    workers: Object.entries(parsed.workers).map(([key, worker]) => ({
      kind: 'worker' as const,
      ...base(key, worker),
      ...running(worker),
      tracing,
      scaling: worker.scaling && workerScaling(worker.scaling),
    })),
    jobs: [
      ...Object.entries(parsed.jobs).map(([key, job]) => ({
        kind: 'job' as const,
        ...base(key, job),
        schedule: job.schedule,
        timeoutSeconds: job.timeoutSeconds,
        retries: job.retries,
      })),
      ...databaseInit(parsed),
    ],
    builders: Object.entries(parsed.builders).map(([key, builder]) => ({
      ...builder,
      key,
      name: resourceName(parsed.name, key, 'codeBuildProject'),
    })),
  };
}

/** A managed database brings the job that makes its logins; one on the host makes them with its container. */
function databaseInit(parsed: ParsedEnvironment): readonly ResolvedJob[] {
  const { name, database } = parsed;
  if (database?.placement !== 'managed') return [];
  const roles = Object.entries(database.roles).map(([role, { privileges }]) => ({ name: role, privileges }));
  const job = databaseInitJob(
    { version: database.version, name: database.name, roles },
    { job: containerName(name, DATABASE_INIT_KEY), logGroup: logGroupName(parsed, DATABASE_INIT_KEY) },
  );
  return [{ ...job, architecture: commonArchitecture(parsed) }];
}

/** PostgreSQL's public image is built for both: it runs where the others do, because a cluster may have only arm64 nodes. */
function commonArchitecture({ services, workers, jobs }: ParsedEnvironment): ResolvedJob['architecture'] {
  const all = [services, workers, jobs].flatMap((section) => Object.values<ParsedContainer>(section));
  return all.length > 0 && all.every(({ architecture }) => architecture === 'arm64') ? 'arm64' : 'x86_64';
}

function workerScaling(scaling: NonNullable<ParsedEnvironment['workers'][string]['scaling']>): ResolvedWorker['scaling'] {
  return 'queue' in scaling ? { kind: 'queue', ...scaling } : { kind: 'load', ...scaling };
}

function running({
  replicas,
  exec,
  spotPercent,
  pooler,
  deployment,
}: ParsedEnvironment['services'][string] | ParsedEnvironment['workers'][string]) {
  return { replicas, exec, spotPercent, pooler, deployment };
}

function resolveContainer(parsed: ParsedEnvironment, key: string, container: ParsedContainer): ResolvedContainer {
  const { name, secrets } = parsed;
  const exec = 'exec' in container && container.exec;
  return {
    key,
    name: containerName(name, key, container.name),
    image:
      typeof container.image === 'string'
        ? { kind: 'declared', key: container.image }
        : { kind: 'pinned', reference: container.image.pinned },
    vcpu: container.vcpu,
    memoryMib: container.memoryMib,
    command: container.command,
    entryPoint: container.entryPoint,
    variables: resolveVariables(container.environment),
    permissions: container.permissions,
    readableSecrets: Object.entries(secrets).flatMap(([secret, { readers }]) => (readers.includes(key) ? [secret] : [])),
    mounts: container.mounts,
    architecture: container.architecture,
    writablePaths: container.writablePaths,
    readOnlyRoot: !(container.writableRoot ?? exec),
    user: container.user,
    stopTimeoutSeconds: container.stopTimeoutSeconds,
    logs: {
      group: logGroupName(parsed, key, container.logGroup),
      streamPrefix: container.logStreamPrefix ?? key,
    },
  };
}

function resolveVariables(environment: ParsedContainer['environment']): ResolvedVariables {
  const plain: Record<string, string> = {};
  const references: Record<string, Reference> = {};
  const secrets: Record<string, SecretSource> = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (typeof value === 'string') plain[variable] = value;
    else if ('from' in value) references[variable] = value.from;
    else if ('secret' in value) secrets[variable] = { kind: 'secret', secret: value.secret, key: value.key };
    else secrets[variable] = { kind: 'database-role', role: value.databaseRole, key: value.key };
  }
  return { plain, references, secrets };
}
