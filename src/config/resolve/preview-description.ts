/**
 * The description of an environment, changed to what a preview has of it. It is never written to a file and never checked: the rules
 * have checked the environment. Every derived name begins with the preview's, so names that people chose are left out. Pure.
 */
import { serviceNames } from '../calculations/frontend-hosts';
import { managed } from '../calculations/placement';
import { previewContainers } from '../calculations/preview-containers';
import { mapValues } from '../calculations/records';
import { previewDatabase, previewHost, previewName, previewRole } from '../names';
import type { ParsedEnvironment } from '../schema/environment';
import type { ParsedContainer } from '../schema/containers';

/** How long logs of a preview are kept, unless its environment keeps them for a shorter time. */
const LOG_DAYS = 7;

type Settings = NonNullable<ParsedEnvironment['preview']>;

export function ownDescription(parsed: ParsedEnvironment, settings: Settings, number: number): ParsedEnvironment {
  const { observability, domain, logs, secrets, buckets } = parsed;
  const keys = previewContainers(settings, parsed);
  const exists = (key: string): boolean => keys.includes(key);
  return {
    ...parsed,
    name: previewName(parsed.name, number),
    protect: false,
    nextTier: undefined,
    domain: domain && { ...domain, names: serviceNames(parsed).map((name) => previewHost(number, name)) },
    frontends: {},
    edge: { ...parsed.edge, redirects: {}, basicAuth: undefined },
    database: ownDatabase(parsed, number),
    cache: ownCache(parsed),
    buckets: mapValues(buckets, (bucket) => ({ ...bucket, name: undefined })),
    // A person sets the others once for all previews.
    secrets: mapValues(secrets, ({ rotation: _, name: _name, ...secret }) => secret),
    services: mapValues(only(parsed.services, exists), ({ scaling: _, ...service }) => ({
      ...running(service, number),
      callers: service.callers.filter(exists),
      routes: service.routes.map(({ host, ...route }) => ({ ...route, host: host && previewHost(number, host) })),
    })),
    workers: mapValues(only(parsed.workers, exists), ({ scaling: _, ...worker }) => running(worker, number)),
    jobs: mapValues(only(parsed.jobs, exists), ({ schedule: _, ...job }) => container(job, number)),
    builders: {},
    logs: {
      ...logs,
      retentionDays: logs.retentionDays < LOG_DAYS ? logs.retentionDays : LOG_DAYS,
      group: undefined,
      encryption: 'aws',
    },
    observability: { ...observability, tracing: 'none' },
    encryption: { ...parsed.encryption, key: 'aws-managed' },
    backups: undefined,
    box: undefined,
  };
}

/** A database on the same server. Its logins do not rotate: it is gone before. */
function ownDatabase({ database }: ParsedEnvironment, number: number): ParsedEnvironment['database'] {
  const shared = managed(database);
  if (shared === undefined) return undefined;
  const roles = Object.entries(shared.roles).map(
    ([role, { privileges, login }]) => [previewRole(number, role), { privileges, login }] as const,
  );
  return { ...shared, name: previewDatabase(number), roles: Object.fromEntries(roles) };
}

/** A cache of its own, without replicas: it has no passwords and no databases that one could keep apart. */
function ownCache({ cache }: ParsedEnvironment): ParsedEnvironment['cache'] {
  const own = managed(cache);
  if (own === undefined) return undefined;
  return { ...own, replicas: 0, snapshotRetentionDays: 0 };
}

type Running = ParsedEnvironment['services'][string] | ParsedEnvironment['workers'][string];

/**
 * One task without a shell, whose commands would be in the log of the environment. The circuit breaker would give up, as a first
 * deployment has no earlier release, before the database exists.
 */
function running<C extends Omit<Running, 'scaling'>>(running: C, number: number): C {
  return {
    ...container(running, number),
    replicas: { min: 1, max: 1 },
    exec: false,
    pooler: undefined,
    deployment: { ...running.deployment, circuitBreaker: false },
  };
}

function container<C extends ParsedContainer>(container: C, number: number): C {
  return {
    ...container,
    name: undefined,
    logGroup: undefined,
    environment: mapValues(container.environment, (value) =>
      typeof value === 'object' && 'databaseRole' in value
        ? { ...value, databaseRole: previewRole(number, value.databaseRole) }
        : value,
    ),
  };
}

function only<T>(record: Readonly<Record<string, T>>, isWanted: (key: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => isWanted(key)));
}
