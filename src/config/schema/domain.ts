/** The host names of an environment, and the DNS zone that holds them. */
import { z } from 'zod';
import { CERTIFICATE_AUTHORITIES } from '../tables/certificate-authorities';
import { DNS_PROVIDER_NAMES } from '../tables/dns-providers';
import { helped, hostname } from './primitives';

export const domainSchema = z.strictObject({
  /** DNS zone that holds the host names, or that delegates to `delegatedZone`. @example 'shop.example' */
  zone: hostname,
  /**
   * Provider of the zone's DNS. With `cloudflare`, planning and applying need the variable `CLOUDFLARE_API_TOKEN`.
   * @danger Changing it moves every record to another zone; names resolve only after the registrar's name servers are changed.
   */
  provider: z.enum(DNS_PROVIDER_NAMES),
  /**
   * `existing` looks the zone up by name and changes only records in it. `create` makes the zone; its name servers (output
   * `name_servers`) have to be entered at the registrar before a certificate can be issued. @default 'existing'
   * @price A Route 53 zone costs $0.50 a month (Route 53, global, 2026-11).
   */
  zoneSource: z.enum(['existing', 'create']).default('existing'),
  /**
   * ID of the Cloudflare account in which a zone is created; it is not a secret. Required with `provider: 'cloudflare'` and
   * `zoneSource: 'create'`, refused otherwise. @default none @example '0123456789abcdef0123456789abcdef'
   */
  cloudflareAccountId: helped(z.string().regex(/^[0-9a-f]{32}$/), {
    allowed: 'the 32 hexadecimal digits of a Cloudflare account id',
    fix: 'copy it from the right-hand column of the Cloudflare dashboard',
  }).optional(),
  /**
   * A Route 53 zone below `zone` that is created here and delegated from it by NS records; the environment's names are then in
   * it. Environments that share a zone each use their own. @default none: the names are in `zone` @example 'dev.shop.example'
   * @price $0.50 a month (Route 53, global, 2026-11).
   */
  delegatedZone: hostname.optional(),
  /**
   * Every host name that the environment serves, without wildcards; the first is the subject of the certificate.
   * @example ['shop.example', 'api.shop.example']
   * @danger A change issues a new certificate: apply the domain stack, then compute and edge, then the domain stack again.
   */
  names: z.array(hostname).min(1).max(10),
  /**
   * Whether a second certificate is issued in us-east-1, where CloudFront requires it. `edge.cdn` turns it on.
   * @default false
   */
  edgeCertificate: z.boolean().default(false),
  /**
   * Certificate authorities that may issue certificates for the zone (CAA records). An empty list writes no record. A single
   * host needs `'letsencrypt.org'`. @default ['amazon.com'] @example ['amazon.com', 'letsencrypt.org']
   * @danger Certificates of other issuers for names of the zone, such as a mail host's, are not renewed unless their issuer is
   * listed.
   */
  certificateAuthorities: z.array(hostname).default([CERTIFICATE_AUTHORITIES.amazon]),
});
