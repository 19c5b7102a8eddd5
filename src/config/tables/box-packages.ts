/**
 * Versions of PostgreSQL and Redis that each operating system offers as packages.
 * Source: Amazon Linux 2023 release notes (postgresql15, postgresql16, postgresql17, redis6), packages.ubuntu.com for noble.
 */
/** Operating system to the versions that `dataStores: 'packages'` can install. */
export const BOX_PACKAGES: Readonly<
  Record<'ubuntu-24.04' | 'amazon-linux-2023', { readonly postgres: readonly string[]; readonly redis: readonly string[] }>
> = {
  'ubuntu-24.04': { postgres: ['16'], redis: ['7.0'] },
  'amazon-linux-2023': { postgres: ['15', '16', '17'], redis: ['6.2'] },
};
