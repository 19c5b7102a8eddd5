/** The DNS providers: the only place that chooses between them. */
import type { ResolvedDomain } from '../../config/resolved/environment';
import { CLOUDFLARE } from './cloudflare';
import type { DnsProvider } from './dns-provider';
import { ROUTE53 } from './route53';

/** What `domain.provider` names. */
export const DNS_PROVIDERS: Readonly<Record<ResolvedDomain['provider'], DnsProvider>> = {
  route53: ROUTE53,
  cloudflare: CLOUDFLARE,
};
