/** The host names of an environment, and the DNS zone that holds them: the environment's own, or one that several share. */
import { z } from 'zod';
import { CERTIFICATE_AUTHORITIES } from '../tables/certificate-authorities';
import { hostname } from './primitives';
import { sharedZoneSchema, zoneFields } from './zone';

/** Up to ten names: the quota of ACM for the names of one certificate. */
const names = z.array(hostname).min(1).max(10);

const own = z.strictObject({
  /** The zone belongs to the environment, or the environment only writes records in it. @default none, which means `own` */
  kind: z.literal('own').optional(),
  /** DNS zone that holds the host names, or that delegates to `delegatedZone`. @example 'shop.example' */
  zone: hostname,
  ...zoneFields,
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
  names,
  /**
   * Whether a second certificate is issued in us-east-1, where CloudFront requires it. `edge.cdn` and frontends with
   * `hosts` turn it on.
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

const shared = z.strictObject({
  /**
   * Several environments have names in the zone, one after the other or at the same time. The stack `zone-<zone>` owns the zone,
   * its settings, CAA records and certificates; the stack `zone-<zone>-names` points each name at the environment that serves it.
   */
  kind: z.literal('shared'),
  /** The description of the zone, one for all of its environments: write it once, with `defineZone`, and import it. */
  zone: sharedZoneSchema,
  /**
   * Every host name that the environment serves once the zone's `servedBy` chooses it, without wildcards. Other environments of
   * the zone may list the same names. @example ['shop.example', 'api.shop.example']
   * @danger A change issues a new certificate for the zone: apply the zone's stack, then compute and edge of every environment
   * with a load balancer, then the zone's stack again.
   */
  names,
});

export const domainSchema = z.discriminatedUnion('kind', [own, shared]);
