/** Database and cache with every default filled. Pure. */
import { mapRecord } from '../calculations/records';
import { allWorkloads } from '../calculations/workloads';
import { fitName, hostNames, loginSecretName, MASTER_LOGIN, NAME_LIMITS, resourceName } from '../names';
import type { ManagedDatabase, ResolvedCache, ResolvedDatabase, ResolvedWorkloads } from '../resolved/environment';
import { CACHE_ENGINES } from '../tables/cache-engines';
import type { ParsedEnvironment } from '../schema/environment';

/** Days that cache snapshots are kept under `protect`. */
const PROTECTED_SNAPSHOT_DAYS = 7;

/** A cache loses keys that expire anyway, a queue none. */
const EVICTION_POLICIES = { cache: 'volatile-lru', queue: 'noeviction' } as const;

/** The largest storage of an RDS instance. Source: RDS user guide, "Amazon RDS DB instance storage". */
const LARGEST_STORAGE_GB = 65_536;

/** Resolves the database, if the environment has one. */
export function resolveDatabase(parsed: ParsedEnvironment, workloads: ResolvedWorkloads): ResolvedDatabase | undefined {
  const { name, region, protect, database } = parsed;
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
        maxStorageGb: growthLimit(database),
        applyImmediately: database.applyImmediately ?? !protect,
        roles: passwordRoles(database.roles).map(([role, settings]) => login(role, settings)),
        replicas: mapRecord(database.replicas, (key, replica) => ({
          key,
          name: resourceName(name, key, 'database'),
          region: replica.region ?? region,
          instanceClass: replica.instanceClass ?? database.instanceClass,
        })),
      };
  }
}

type ParsedDatabase = Extract<NonNullable<ParsedEnvironment['database']>, { readonly placement: 'managed' }>;

/** The size up to which storage grows, or nothing where it does not. */
function growthLimit({ storageGb, maxStorageGb }: ParsedDatabase): number | undefined {
  const limit = maxStorageGb ?? Math.min(2 * storageGb, LARGEST_STORAGE_GB);
  return limit > storageGb ? limit : undefined;
}

/** Roles that use IAM tokens have no secret. */
function passwordRoles(roles: ParsedDatabase['roles']) {
  return Object.entries(roles).flatMap(([role, { login, ...settings }]) =>
    login === 'password' ? [[role, settings] as const] : [],
  );
}

function resolveCredentials(
  parsed: ParsedEnvironment,
  credentials: ParsedDatabase['credentials'],
): ManagedDatabase['credentials'] {
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
  if (cache === undefined) return undefined;
  const evictionPolicy = cache.evictionPolicy ?? EVICTION_POLICIES[cache.purpose];
  switch (cache.placement) {
    case 'host':
      return { ...cache, evictionPolicy, hostName: hostNamesOf(parsed).cache };
    case 'managed':
      return {
        ...cache,
        evictionPolicy,
        version: cache.version ?? CACHE_ENGINES[cache.engine].defaultVersion,
        replicationGroupId: fitName(name, NAME_LIMITS.cacheReplicationGroup),
        snapshotRetentionDays: cache.snapshotRetentionDays ?? (protect ? PROTECTED_SNAPSHOT_DAYS : 0),
      };
  }
}

function hostNamesOf({ name, box }: ParsedEnvironment): ReturnType<typeof hostNames> {
  if (box === undefined) throw new Error(`the rules accepted ${name}, which keeps data on a host that it does not have`);
  return hostNames(box.dataStores);
}
