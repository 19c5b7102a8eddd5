/** What Terrace needs of a DNS provider: a zone for the domain stack, records that serve for the edge stack. */
import type { Construct } from 'constructs';
import { shortHash } from '../../config/names';

/** One DNS provider. src/modules/dns/providers.ts lists them all. */
export interface DnsProvider {
  /** Looks up a zone, or creates it. */
  readonly createZone: (scope: Construct, id: string, props: DnsZoneProps) => DnsZone;
  /**
   * Points a name at its destinations.
   * @param id part of the Terraform address; does not depend on the destinations
   */
  readonly createServingRecords: (scope: Construct, id: string, props: ServingRecordsProps) => void;
  /** Writes one record that is neither weighted nor proxied. */
  readonly createRecord: (scope: Construct, id: string, record: PlainRecord) => void;
}

/** Seconds that resolvers keep a validation record: short, so that a corrected one takes effect soon. */
export const VALIDATION_TTL = 300;

/** Seconds that resolvers keep NS and CAA records, which hardly ever change. */
export const LASTING_TTL = 3600;

/** Seconds that resolvers keep an address: short, because a switch waits for it. Aliases have AWS's own 60. */
export const SERVING_TTL = 60;

export interface DnsZoneProps {
  /** `example.com` */
  readonly name: string;
  /** `existing`: looked up by name. `create`: created here. */
  readonly source: 'existing' | 'create';
  /** Shown with a created zone, where the provider has comments: whose it is. */
  readonly comment: string;
  /** Keeps Terraform from destroying a created zone: its name servers would change, and the registrar would not know. */
  readonly protect: boolean;
  /** The provider's account that a created zone belongs to. @default the account of the stack's credentials */
  readonly providerAccountId?: string;
}

/** A zone that records can be written to. */
export interface DnsZone {
  readonly id: string;
  /** The zone's name servers: a list token of Terraform, to be passed on whole or read by `Fn.element`. */
  readonly nameServers: string[];
  /**
   * Writes a CNAME that proves ownership of a name to a certificate authority.
   * @returns the record's full name, once it is written
   */
  addValidation(scope: Construct, id: string, record: CnameRecord): string;
  /** Limits who may issue certificates for the zone and everything below it. Without authorities it writes nothing. */
  addCertificateAuthorities(authorities: readonly string[]): void;
  /** Delegates the name and everything below it to other name servers, of which there are four. */
  delegate(name: string, nameServers: string[]): void;
}

export interface CnameRecord {
  /** The full name, without a trailing dot. */
  readonly name: string;
  readonly target: string;
}

export interface ServingRecordsProps {
  readonly zoneId: string;
  /** The full name, without a trailing dot. */
  readonly name: string;
  /** Where the name leads, and which share of the traffic goes there. */
  readonly shares: readonly WeightedDestination[];
  /** Whether visitors come through the provider's own proxy; only Cloudflare has one. */
  readonly proxied: boolean;
}

/** A record for programs rather than visitors, such as those of e-mail. */
export interface PlainRecord {
  readonly zoneId: string;
  /** The full name, without a trailing dot. */
  readonly name: string;
  readonly type: 'CNAME' | 'MX' | 'TXT';
  /** Without quotes, also of a text; at most 255 characters. */
  readonly content: string;
  /** Of an MX record. */
  readonly priority?: number;
}

/** A destination and its share. */
export interface WeightedDestination {
  /** Short and lasting: which tier, or what else serves. Part of the Terraform address. */
  readonly id: string;
  readonly destination: Destination;
  /** From 0 to 100; all shares of a name add up to 100. */
  readonly percent: number;
}

/** What a name can lead to. */
export type Destination =
  /** A host with an IPv4 address. */
  | { readonly kind: 'address'; readonly address: string }
  /** A load balancer or a CloudFront distribution. */
  | {
      readonly kind: 'aws';
      readonly dnsName: string;
      readonly hostedZoneId: string;
      readonly ipv6: boolean;
      /** Whether Route 53 sends no traffic there while nothing behind it is healthy; not possible with distributions. */
      readonly followsHealth: boolean;
    }
  /** Another name, such as a Pages project's. */
  | { readonly kind: 'name'; readonly name: string };

/**
 * A host name as part of a construct id: `api-shop-example`. Names that contain hyphens get a hash, so that `a-b.example` and
 * `a.b.example` differ.
 */
export function hostId(hostname: string): string {
  const dashed = hostname.replaceAll('.', '-');
  return hostname.includes('-') ? `${dashed}-${shortHash(hostname)}` : dashed;
}
