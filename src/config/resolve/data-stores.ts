/** Database and cache with every default filled. Pure. */
import { mapRecord } from '../calculations/records';
import { allWorkloads } from '../calculations/workloads';
import { fitName, hostNames, loginSecretName, MASTER_LOGIN, NAME_LIMITS, resourceName } from '../names';
import type { ManagedDatabase, ResolvedCache, ResolvedDatabase, ResolvedWorkloads } from '../resolved/environment';
import type { ParsedEnvironment } from '../schema/environment';

/** Days that cache snapshots are kept under `protect`. */
const PROTECTED_SNAPSHOT_DAYS = 7;

/** Resolves the database, if the environment has one. */
export function resolveDatabase(parsed: ParsedEnvironment, workloads: ResolvedWorkloads): ResolvedDatabase | undefined {
  const { name, region, database } = parsed;
  if (database === undefined) return undefined;
  const urlReaders = urlReadersOf(workloads);
  const login = <T extends { readonly secretName?: string }>(role: string, settings: T) => ({
    ...settings,
    name: role,
    secretName: loginSecretName(parsed, role, settings.secretName),
    holdsUrl: urlReaders.has(role),
  });
  switch (database.placement) {
    case 'host':
      return { ...database, roles: mapRecord(database.roles, login), hostName: hostNamesOf(parsed).database };
    case 'managed':
      return {
        ...database,
        identifier: fitName(name, NAME_LIMITS.database),
        credentials: resolveCredentials(parsed, database.credentials),
        roles: mapRecord(database.roles, login),
        replicas: mapRecord(database.replicas, (key, replica) => ({
          key,
          name: resourceName(name, key, 'database'),
          region: replica.region ?? region,
          instanceClass: replica.instanceClass ?? database.instanceClass,
        })),
      };
  }
}

type ParsedDatabase = NonNullable<ParsedEnvironment['database']>;
type ParsedCredentials = Extract<ParsedDatabase, { placement: 'managed' }>['credentials'];

function resolveCredentials(parsed: ParsedEnvironment, credentials: ParsedCredentials): ManagedDatabase['credentials'] {
  if (credentials.kind === 'rds-managed') return credentials;
  return { ...credentials, secretName: loginSecretName(parsed, MASTER_LOGIN, credentials.secretName) };
}

/** The roles whose `url` some container reads. */
function urlReadersOf(workloads: ResolvedWorkloads): ReadonlySet<string> {
  return new Set(
    allWorkloads(workloads).flatMap(({ variables }) =>
      Object.values(variables.secrets).flatMap((source) =>
        source.kind === 'database-role' && source.key === 'url' ? [source.role] : [],
      ),
    ),
  );
}

/** Resolves the cache, if the environment has one. */
export function resolveCache(parsed: ParsedEnvironment): ResolvedCache | undefined {
  const { name, protect, cache } = parsed;
  switch (cache?.placement) {
    case undefined:
      return undefined;
    case 'host':
      return { ...cache, hostName: hostNamesOf(parsed).cache };
    case 'managed':
      return {
        ...cache,
        replicationGroupId: fitName(name, NAME_LIMITS.cacheReplicationGroup),
        snapshotRetentionDays: cache.snapshotRetentionDays ?? (protect ? PROTECTED_SNAPSHOT_DAYS : 0),
      };
  }
}

function hostNamesOf({ name, box }: ParsedEnvironment): ReturnType<typeof hostNames> {
  if (box === undefined) throw new Error(`the rules accepted ${name}, which keeps data on a host that it does not have`);
  return hostNames(box.dataStores);
}
