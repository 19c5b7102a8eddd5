/** Which zone an environment's names are in, who answers for it, and whether visitors come through a proxy. Pure. */

type DnsProvider = 'route53' | 'cloudflare';

/** What a `domain` section says about its zone. */
export interface DomainZone {
  readonly zone: string;
  readonly provider: DnsProvider;
  /** A Route 53 zone below `zone`. */
  readonly delegatedZone?: string;
}

/** The zone that holds the environment's records. */
export interface RecordZone {
  readonly name: string;
  readonly provider: DnsProvider;
}

/** The delegated zone, which always is a Route 53 zone, or the zone itself. */
export function recordZone({ zone, provider, delegatedZone }: DomainZone): RecordZone {
  return delegatedZone === undefined ? { name: zone, provider } : { name: delegatedZone, provider: 'route53' };
}

/** Whether a name is a zone's apex or below it. */
export function isInZone(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** What decides whether Cloudflare proxies the environment's names. */
export interface ProxySettings {
  readonly domain?: DomainZone;
  readonly edge: { readonly cloudflare?: { readonly proxied: boolean } };
}

/** Whether visitors of the environment's names come through Cloudflare's proxy: only where the names are in a Cloudflare zone. */
export function isProxied({ domain, edge }: ProxySettings): boolean {
  return domain !== undefined && recordZone(domain).provider === 'cloudflare' && edge.cloudflare?.proxied === true;
}
