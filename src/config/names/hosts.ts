/** Host names that Terrace makes up. Pure. */

/** The private DNS zone in which the containers of an environment find its services. ICANN reserves `internal` for such zones. */
export function serviceZone(environment: string): string {
  return `${environment}.internal`;
}

/** The host name of a service in that zone. */
export function serviceHost(environment: string, key: string): string {
  return `${key}.${serviceZone(environment)}`;
}

/** The name of a single host in a shared zone at Cloudflare, where records that change their type would be missing meanwhile. */
export function hostRecordName(environment: string, zone: string): string {
  return `${environment}.${zone}`;
}

/** The name under which CloudFront asks for the services: it follows the tier, while the public name stays with CloudFront. */
export function originName(firstDomainName: string): string {
  return `origin.${firstDomainName}`;
}

/** Where containers with packages meet: on the network of the host. */
const LOOPBACK = '127.0.0.1';

/** Host names of data stores on the box. Containers of one Compose project reach each other by service name. */
const HOST_NAMES = {
  containers: { database: 'postgres', cache: 'redis' },
  packages: { database: LOOPBACK, cache: LOOPBACK },
} as const;

/**
 * Under which names containers on the box reach a database and a cache that are on the same host.
 * @param dataStores how they run there
 */
export function hostNames(dataStores: keyof typeof HOST_NAMES): { readonly database: string; readonly cache: string } {
  return HOST_NAMES[dataStores];
}

/** Under which name containers on the box reach a service. */
export function containerHost(dataStores: keyof typeof HOST_NAMES, key: string): string {
  return dataStores === 'packages' ? LOOPBACK : key;
}
