/** Which zone an environment's names are in, who answers for it, and whether visitors come through a proxy. Pure. */
import { DNS_PROVIDERS, type DnsProviderName } from '../tables/dns-providers';

/** The zone of an environment's names. */
export interface DomainZone {
  readonly zone: string;
  readonly provider: DnsProviderName;
  /** A Route 53 zone below `zone`. */
  readonly delegatedZone?: string;
}

/** What a `domain` section says: it names its own zone, or contains the description of a shared one. */
export type WrittenDomain =
  | (DomainZone & { readonly kind?: 'own' })
  | { readonly kind: 'shared'; readonly zone: DomainZone & { readonly cloudflare?: { readonly proxied: boolean } } };

/** The zone that a `domain` section means. */
export function zoneOf(domain: WrittenDomain): DomainZone {
  return domain.kind === 'shared' ? domain.zone : domain;
}

/** The zone that holds the environment's records. */
export interface RecordZone {
  readonly name: string;
  readonly provider: DnsProviderName;
}

/** The delegated zone, which always is a Route 53 zone, or the zone itself. */
export function recordZone({ zone, provider, delegatedZone }: DomainZone): RecordZone {
  return delegatedZone === undefined ? { name: zone, provider } : { name: delegatedZone, provider: 'route53' };
}

/** Whether Cloudflare answers for a zone: what its rules, settings and Pages need. */
export function isCloudflareZone({ provider }: Pick<RecordZone, 'provider'>): boolean {
  return provider === 'cloudflare';
}

/** Whether one name can lead to two tiers by weight. */
export function hasWeightedRecords(domain: WrittenDomain): boolean {
  return DNS_PROVIDERS[recordZone(zoneOf(domain)).provider].weightedRecords;
}

/** Whether a name is a zone's apex or below it. */
export function isInZone(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** What decides whether Cloudflare proxies the environment's names. */
export interface ProxySettings {
  readonly domain?: WrittenDomain;
  readonly edge: {
    readonly cloudflare?:
      { readonly zoneRules: 'shared' } | { readonly zoneRules?: 'here' | 'elsewhere'; readonly proxied: boolean };
  };
}

/** Whether visitors of the environment's names come through Cloudflare's proxy: only where the names are in a Cloudflare zone. */
export function isProxied({ domain, edge: { cloudflare } }: ProxySettings): boolean {
  if (domain === undefined || !DNS_PROVIDERS[recordZone(zoneOf(domain)).provider].proxy) return false;
  if (domain.kind === 'shared') return domain.zone.cloudflare?.proxied === true;
  return cloudflare !== undefined && cloudflare.zoneRules !== 'shared' && cloudflare.proxied;
}
