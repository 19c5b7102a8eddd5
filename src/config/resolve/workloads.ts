/** Services, workers, jobs and builders with every default filled. Pure. */
import type { Role } from '../calculations/database-roles-sql';
import { managed } from '../calculations/placement';
import { mapRecord } from '../calculations/records';
import { tokenLogin } from '../calculations/token-logins';
import { stopSecondsOf, takesMessages } from '../calculations/workloads';
import { containerName, DATABASE_INIT_KEY, logGroupName, resourceName } from '../names';
import type {
  Deployment,
  Reference,
  ResolvedContainer,
  ResolvedJob,
  ResolvedSidecar,
  ResolvedVariables,
  ResolvedWorker,
  ResolvedWorkloads,
  SecretSource,
} from '../resolved/environment';
import type { ParsedEnvironment } from '../schema/environment';
import type { ParsedContainer } from '../schema/containers';
import { architectureOf } from '../tables/ec2-architectures';
import { databaseInitJob, databaseInitVariables } from './database-init';
import { resolveTracing } from './observability';

/** Resolves everything that runs in containers. */
export function resolveWorkloads(parsed: ParsedEnvironment): ResolvedWorkloads {
  const tracing = resolveTracing(parsed);
  return {
    services: mapRecord(parsed.services, (key, service) => ({
      ...resolveContainer(parsed, key, service),
      kind: 'service',
      deployment: resolveDeployment(service),
      scaling: service.scaling && { kind: 'load', ...service.scaling },
      tracing,
    })),
    workers: mapRecord(parsed.workers, (key, worker) => ({
      ...resolveContainer(parsed, key, worker, takesMessages(worker)),
      kind: 'worker',
      deployment: resolveDeployment(worker),
      scaling: worker.scaling && workerScaling(worker.scaling),
      tracing,
    })),
    jobs: [...mapRecord(parsed.jobs, (key, job) => resolveJob(parsed, key, job)), ...databaseInit(parsed)],
    builders: mapRecord(parsed.builders, (key, builder) => ({
      ...builder,
      key,
      buildspec: builder.buildspec ?? { kind: 'source', path: 'buildspec.yml' },
      name: resourceName(parsed.name, key, 'codeBuildProject'),
    })),
  };
}

function resolveJob(parsed: ParsedEnvironment, key: string, job: ParsedEnvironment['jobs'][string]): ResolvedJob {
  return { ...resolveContainer(parsed, key, job), kind: 'job', timezone: job.timezone ?? 'UTC' };
}

/** A managed database brings the job that creates its logins; a database on the host creates them with its container. */
function databaseInit(parsed: ParsedEnvironment): readonly ResolvedJob[] {
  const database = managed(parsed.database);
  if (database === undefined) return [];
  const roles = databaseRolesOf(database);
  const job = databaseInitJob({ ...database, roles }, commonArchitecture(parsed));
  return [{ ...resolveJob(parsed, DATABASE_INIT_KEY, job), variables: databaseInitVariables(roles, parsed.region) }];
}

/** The logins of a managed database, as SQL creates them. */
export function databaseRolesOf({ roles }: { readonly roles: ManagedRoles }): readonly Role[] {
  return mapRecord(roles, (name, { privileges, login, rotateAfterDays }): Role => {
    const rotates = rotateAfterDays !== undefined;
    return { name, privileges, login: login === 'iam' ? { kind: 'iam' } : { kind: 'secret', rotates } };
  });
}

/** PostgreSQL's public image is built for both: it has the architecture of the nodes that run it, or of the other containers. */
function commonArchitecture({ services, workers, jobs, ...parsed }: ParsedEnvironment): ResolvedJob['architecture'] {
  const { tier, nextTier, kubernetes } = parsed;
  if (tier === 'kubernetes' || nextTier === 'kubernetes') return architectureOf(kubernetes.nodes.instanceTypes[0] ?? '');
  const all = [services, workers, jobs].flatMap((section) => Object.values<ParsedContainer>(section));
  return all.length > 0 && all.every(({ architecture }) => architecture === 'arm64') ? 'arm64' : 'x86_64';
}

/** Of a singleton, the old task ends before the new one starts. */
function resolveDeployment({
  singleton,
  deployment,
}: Pick<ParsedEnvironment['services'][string], 'singleton' | 'deployment'>): Deployment {
  return singleton ? { ...deployment, minimumHealthyPercent: 0, maximumPercent: 100 } : deployment;
}

function workerScaling(scaling: NonNullable<ParsedEnvironment['workers'][string]['scaling']>): ResolvedWorker['scaling'] {
  if ('redisList' in scaling) return { kind: 'list', ...scaling };
  return 'queue' in scaling ? { kind: 'queue', ...scaling } : { kind: 'load', ...scaling };
}

/** Replaces the fields whose resolved form differs; every other field passes unchanged. */
function resolveContainer<C extends ParsedContainer & { readonly exec?: boolean; readonly sidecars?: Sidecars }>(
  parsed: ParsedEnvironment,
  key: string,
  {
    name,
    image,
    environment,
    egress,
    writableRoot,
    logGroup,
    logStreamPrefix,
    stopTimeoutSeconds,
    secrets: _,
    sidecars = {},
    ...fields
  }: C,
  takesMessages = false,
) {
  const stopSeconds = stopSecondsOf({ stopTimeoutSeconds }, takesMessages);
  const group = logGroupName(parsed, key, logGroup);
  return {
    ...fields,
    key,
    name: containerName(parsed.name, key, name),
    image: resolveImage(image),
    variables: resolveVariables(environment, managed(parsed.database)?.roles ?? {}),
    egress: egress ?? parsed.network.egress,
    readableSecrets: Object.entries(parsed.secrets).flatMap(([secret, { readers }]) => (readers.includes(key) ? [secret] : [])),
    stopTimeoutSeconds: stopSeconds,
    readOnlyRoot: !(writableRoot ?? fields.exec ?? false),
    logs: { group, streamPrefix: logStreamPrefix ?? key },
    sidecars: mapRecord(sidecars, (name, sidecar) => resolveSidecar(name, sidecar, stopSeconds, group)),
  };
}

type Sidecars = ParsedEnvironment['services'][string]['sidecars'];

function resolveSidecar(
  key: string,
  { image, environment, secrets: _, ...fields }: Sidecars[string],
  stopTimeoutSeconds: number,
  group: string,
): ResolvedSidecar {
  return {
    ...fields,
    key,
    image: resolveImage(image),
    variables: resolveVariables(environment, {}),
    mounts: [],
    readOnlyRoot: true,
    stopTimeoutSeconds,
    logs: { group, streamPrefix: key },
  };
}

function resolveImage(image: ParsedContainer['image']): ResolvedContainer['image'] {
  return typeof image === 'string' ? { kind: 'declared', key: image } : { kind: 'pinned', reference: image.pinned };
}

type ManagedRoles = Extract<NonNullable<ParsedEnvironment['database']>, { readonly placement: 'managed' }>['roles'];

function resolveVariables(environment: ParsedContainer['environment'], roles: ManagedRoles): ResolvedVariables {
  const plain: Record<string, string> = {};
  const references: Record<string, Reference> = {};
  const secrets: Record<string, SecretSource> = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (typeof value === 'string') plain[variable] = value;
    else if ('from' in value) references[variable] = value.from;
    else if ('secret' in value) secrets[variable] = { kind: 'secret', secret: value.secret, key: value.key };
    else if (roles[value.databaseRole]?.login === 'iam') references[variable] = tokenLogin(value.databaseRole);
    else secrets[variable] = { kind: 'database-role', role: value.databaseRole, key: value.key };
  }
  return { plain, references, secrets };
}
