/** A DNS zone that several environments share: described once, owned by stacks that belong to none of them. */
import { z } from 'zod';
import { CERTIFICATE_AUTHORITIES } from '../tables/certificate-authorities';
import { DNS_PROVIDER_NAMES } from '../tables/dns-providers';
import { zoneCloudflareFields } from './cloudflare';
import { environmentName, helped, hostname } from './primitives';
import { strictTransportSecuritySchema } from './strict-transport-security';
import type { DeepReadonly } from './written';

/** How a zone is found or created: the same for a shared zone and for an environment's own. */
export const zoneFields = {
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
};

/** Account and state store of its stacks are those of its environments, which therefore have to agree on them. */
export const sharedZoneSchema = z.strictObject({
  /** Name of the zone. It names the stacks `zone-<zone>` and `zone-<zone>-names`. @example 'shop.example' */
  zone: hostname,
  ...zoneFields,
  /** Whether Terraform refuses to destroy a zone that it created. @default true */
  protect: z.boolean().default(true),
  /**
   * The environment that the names lead to: one environment for all names, or an environment for each name. Only the stack
   * `zone-<zone>-names` depends on it, so that a switch is one field and one apply, and so is the way back.
   * @example 'shop-prod'
   * @danger Visitors reach the other environment, with its data, within a minute: deploy that environment and try it first.
   */
  servedBy: helped(z.union([environmentName, z.record(hostname, environmentName)]), {
    allowed: 'the name of an environment such as "shop-prod", or an object of host name to environment',
    fix: 'choose an environment whose domain is this zone',
  }),
  /**
   * Certificate authorities that may issue certificates for the zone (CAA records): Amazon for load balancers and CloudFront,
   * Let's Encrypt for single hosts. An empty list writes no record. @default ['amazon.com', 'letsencrypt.org']
   * @danger Certificates of other issuers for names of the zone, such as a mail host's, are not renewed unless their issuer is
   * listed.
   */
  certificateAuthorities: z.array(hostname).default([CERTIFICATE_AUTHORITIES.amazon, CERTIFICATE_AUTHORITIES.letsEncrypt]),
  /**
   * Proxy, settings and rules of a zone at Cloudflare. An environment of the zone has no others.
   * @default DNS records only, without proxy
   */
  cloudflare: z
    .strictObject({
      ...zoneCloudflareFields,
      /** The header `Strict-Transport-Security` of all proxied hosts of the zone. @default {} @example { maxAgeDays: 730 } */
      strictTransportSecurity: strictTransportSecuritySchema.prefault({}),
    })
    .optional(),
  /** Tags on every resource of the zone's stacks, in addition to `zone` and `managed-by`. @default {} @example { team: 'web' } */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
});

/** What a person writes in the file of such a zone. */
export type SharedZoneInput = DeepReadonly<z.input<typeof sharedZoneSchema>>;
