/** The values of a container's variables in one environment. Pure: values may be Terraform references. */
import type {
  Identity,
  Reference,
  ResolvedContainer,
  ResolvedService,
  ResolvedVariables,
  SecretSource,
} from '../../config/resolved/environment';
import { PORTS } from '../../config/tables/ports';
import type { DataHandover } from '../../contracts/handovers';
import { required } from '../../contracts/lookups';

/** What `{ from: ... }` can refer to. A tier with the database elsewhere passes another `database`. */
export interface EnvironmentFacts {
  readonly region: string;
  readonly environment: string;
  readonly database?: {
    readonly host: string;
    readonly port: number;
    readonly name: string;
    /** Replica key to its host. */
    readonly replicaHosts: Readonly<Record<string, string>>;
  };
  readonly cache?: {
    readonly host: string;
    readonly port: number;
    /** With the scheme, `rediss://` where the cache speaks TLS. */
    readonly url: string;
  };
  readonly buckets: Readonly<Record<string, { readonly name: string }>>;
  readonly queues: Readonly<Record<string, { readonly url: string }>>;
  /** Service key to where its callers find it. */
  readonly services: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
}

/**
 * Where callers find each service.
 * @param hostOf the host name of a service on a tier
 */
export function serviceFacts(
  services: readonly Pick<ResolvedService, 'key' | 'port'>[],
  hostOf: (key: string) => string,
): EnvironmentFacts['services'] {
  return Object.fromEntries(services.map(({ key, port }) => [key, { host: hostOf(key), port }]));
}

/** The facts of an environment whose data stores AWS manages. */
export function environmentFacts(
  { region, environment }: Pick<Identity, 'region' | 'environment'>,
  { database }: { readonly database?: { readonly name: string } },
  handover: DataHandover,
  services: EnvironmentFacts['services'],
): EnvironmentFacts {
  return {
    services,
    region,
    environment,
    database: database &&
      handover.database && {
        host: handover.database.host,
        port: PORTS.postgres,
        name: database.name,
        replicaHosts: handover.database.replicaHosts,
      },
    cache: handover.cache && {
      host: handover.cache.host,
      port: PORTS.redis,
      url: `rediss://${handover.cache.host}:${PORTS.redis}`,
    },
    buckets: handover.buckets,
    queues: handover.queues,
  };
}

/**
 * The value of one reference.
 * @throws Error when the environment has no such thing; the rules refuse that earlier
 */
export function referenceValue(reference: Reference, facts: EnvironmentFacts): string {
  const value = lookUp(reference.split('.'), facts);
  if (value === undefined) throw new Error(`a variable is taken from "${reference}", which ${facts.environment} does not have`);
  return value;
}

function lookUp([subject, ...rest]: readonly string[], facts: EnvironmentFacts): string | undefined {
  const [first = '', second = ''] = rest;
  switch (subject) {
    case 'region':
      return facts.region;
    case 'environment':
      return facts.environment;
    case 'database':
      return databaseFact(first, second, facts.database);
    case 'cache':
      return facts.cache && { host: facts.cache.host, port: String(facts.cache.port), url: facts.cache.url }[first];
    case 'bucket':
      return facts.buckets[first]?.name;
    case 'queue':
      return facts.queues[first]?.url;
    case 'service':
      return serviceFact(second, facts.services[first]);
    default:
      return undefined;
  }
}

function serviceFact(fact: string, service: EnvironmentFacts['services'][string] | undefined): string | undefined {
  if (service === undefined) return undefined;
  const { host, port } = service;
  return { host, port: String(port), url: `http://${host}:${port}` }[fact];
}

/** @param name of a replica or of a user */
function databaseFact(fact: string, name: string, database: EnvironmentFacts['database']): string | undefined {
  if (fact === 'replicas') return database?.replicaHosts[name];
  if (fact === 'users') return name;
  return database && { host: database.host, port: String(database.port), name: database.name }[fact];
}

/** The variables that are not secret: literal values and facts, sorted by name. */
export function plainVariables(
  { plain, references }: ResolvedVariables,
  facts: EnvironmentFacts,
): Readonly<Record<string, string>> {
  const referred = Object.entries(references).map(([name, reference]) => [name, referenceValue(reference, facts)] as const);
  return Object.fromEntries([...Object.entries(plain), ...referred].sort(byName));
}

/** The variables of a workload's container and of its sidecars. */
export function variablesOfTask({
  variables,
  sidecars,
}: Pick<ResolvedContainer, 'variables' | 'sidecars'>): readonly ResolvedVariables[] {
  return [variables, ...sidecars.map((sidecar) => sidecar.variables)];
}

/** A variable that is filled from Secrets Manager when the container starts. */
export interface SecretVariable {
  readonly name: string;
  readonly arn: string;
  /** A key of the secret's JSON; the whole secret without one. */
  readonly key?: string;
}

/** The secret variables of a container, sorted by name. Only ARNs: the values never pass through Terraform. */
export function secretVariables({ secrets }: ResolvedVariables, handover: DataHandover): readonly SecretVariable[] {
  return Object.entries(secrets)
    .sort(byName)
    .map(([name, source]) => ({ name, arn: secretArn(source, handover), key: source.key }));
}

/**
 * The ARN of the secret that a variable comes from.
 * @throws Error when the data stack has no such secret; the rules refuse that earlier
 */
export function secretArn(source: SecretSource, { secrets, database }: DataHandover): string {
  switch (source.kind) {
    case 'secret':
      return required(secrets[source.secret]?.arn, `the secret "${source.secret}"`);
    case 'database-role':
      return required(database?.roleSecretArns[source.role], `the database role "${source.role}"`);
    case 'database-master':
      return required(database?.masterSecretArn, 'the master login of a database');
  }
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
