/**
 * Versions of PostgreSQL and Redis that each operating system offers as packages of its own.
 * Source: Amazon Linux 2023 release notes (postgresql15, postgresql16, postgresql17, redis6), packages.ubuntu.com for noble.
 */
import type { ParsedEnvironment } from '../schema/environment';

type OperatingSystem = NonNullable<ParsedEnvironment['box']>['operatingSystem'];
type PostgresVersion = NonNullable<ParsedEnvironment['database']>['version'];
type RedisVersion = NonNullable<ParsedEnvironment['cache']>['version'];

/** Operating system to the versions that `dataStores: 'packages'` can install. */
export const BOX_PACKAGES: Readonly<
  Record<OperatingSystem, { readonly postgres: readonly PostgresVersion[]; readonly redis: readonly RedisVersion[] }>
> = {
  'ubuntu-24.04': { postgres: ['16'], redis: ['7.0'] },
  'amazon-linux-2023': { postgres: ['15', '16', '17'], redis: ['6.2'] },
};
