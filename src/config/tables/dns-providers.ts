/**
 * The DNS providers and what differs between them. A provider is a line here, a line in src/modules/dns/providers.ts, and a
 * file next to that one.
 */

export interface DnsProviderFeatures {
  /** Whether one name can lead to several destinations by weight. */
  readonly weightedRecords: boolean;
  /** Whether visitors can come through a proxy of the provider. */
  readonly proxy: boolean;
}

/** Sources: Route 53 developer guide, "Weighted routing"; Cloudflare DNS documentation, "Proxy status". */
export const DNS_PROVIDERS = {
  route53: { weightedRecords: true, proxy: false },
  // Weights need Cloudflare's paid load balancing.
  cloudflare: { weightedRecords: false, proxy: true },
} as const satisfies Readonly<Record<string, DnsProviderFeatures>>;

export type DnsProviderName = keyof typeof DNS_PROVIDERS;

export const DNS_PROVIDER_NAMES = Object.keys(DNS_PROVIDERS) as [DnsProviderName, ...DnsProviderName[]];
