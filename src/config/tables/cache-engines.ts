/**
 * Engines of caches, with their versions and the family of parameter groups of each.
 * Source: Amazon ElastiCache user guide, "Engine versions and upgrading in ElastiCache" and "Engine specific parameters".
 */

/** Version to family. The first version is the default one. */
const VALKEY = { '8.1': 'valkey8', '8.2': 'valkey8', '8.0': 'valkey8', '7.2': 'valkey7' } as const;
const REDIS = { '7.1': 'redis7', '7.0': 'redis7', '6.2': 'redis6.x' } as const;

export type RedisVersion = keyof typeof REDIS;

/** Versions of every engine. */
export const CACHE_VERSIONS = ['6.2', '7.0', '7.1', '7.2', '8.0', '8.1', '8.2'] as const satisfies readonly (
  keyof typeof VALKEY | RedisVersion
)[];

export type CacheVersion = (typeof CACHE_VERSIONS)[number];

interface CacheEngine {
  /** As people call it. */
  readonly title: string;
  readonly defaultVersion: CacheVersion;
  /** Version to family of parameter groups. */
  readonly families: Readonly<Partial<Record<CacheVersion, string>>>;
}

export const CACHE_ENGINES = {
  valkey: { title: 'Valkey', defaultVersion: '8.1', families: VALKEY },
  redis: { title: 'Redis', defaultVersion: '7.1', families: REDIS },
} as const satisfies Readonly<Record<string, CacheEngine>>;

export type CacheEngineName = keyof typeof CACHE_ENGINES;

/** The family of parameter groups of a version; undefined for a version of the other engine. */
export function cacheFamily(engine: CacheEngineName, version: CacheVersion): string | undefined {
  const { families }: CacheEngine = CACHE_ENGINES[engine];
  return families[version];
}
