/** The DNS providers as constructs: the only place that chooses between them. What differs in their features is a table of src/config. */
import type { DnsProviderName } from '../../config/tables/dns-providers';
import { CLOUDFLARE } from './cloudflare';
import type { DnsProvider } from './dns-provider';
import { ROUTE53 } from './route53';

/** What `domain.provider` names. */
export const DNS_PROVIDERS: Readonly<Record<DnsProviderName, DnsProvider>> = {
  route53: ROUTE53,
  cloudflare: CLOUDFLARE,
};
