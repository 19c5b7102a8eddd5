/** The names an environment answers to, and who keeps them. */
import { z } from 'zod';
import { CERTIFICATE_AUTHORITIES } from '../tables/certificate-authorities';
import { helped, hostname } from './primitives';

export const domainSchema = z.strictObject({
  /** The zone that holds the names (`example.com`), or that delegates to `delegatedZone`. */
  zone: hostname,
  /** Who answers DNS for the zone. `cloudflare` needs CLOUDFLARE_API_TOKEN in the shell that plans. */
  provider: z.enum(['route53', 'cloudflare']),
  /** `existing`: looked up by name. `create`: made here, and its name servers must be entered at the registrar. @default 'existing' */
  zoneSource: z.enum(['existing', 'create']).default('existing'),
  /** The Cloudflare account that a created Cloudflare zone belongs to (not a secret). Only with `cloudflare` and `create`. */
  cloudflareAccountId: helped(z.string().regex(/^[0-9a-f]{32}$/), {
    allowed: 'the 32 hexadecimal digits of a Cloudflare account id',
    fix: 'copy it from the right-hand column of the Cloudflare dashboard',
  }).optional(),
  /** A Route 53 zone below `zone`, made here and delegated from it by NS records; the environment's names then live in it. */
  delegatedZone: hostname.optional(),
  /** Every host name that the environment serves; the first is the certificate's subject. */
  names: z.array(hostname).min(1).max(10),
  /** Whether a certificate is also made in us-east-1, where CloudFront looks. @default false */
  edgeCertificate: z.boolean().default(false),
  /** Who may issue certificates for the zone (CAA). An empty list writes no CAA record. @default ['amazon.com'] */
  certificateAuthorities: z.array(hostname).default([CERTIFICATE_AUTHORITIES.amazon]),
});
