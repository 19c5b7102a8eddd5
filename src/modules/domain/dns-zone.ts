/** What the domain needs of a DNS zone, whoever answers for it. */
import type { Construct } from 'constructs';
import { shortHash } from '../../config/names';

/** Seconds that resolvers keep a validation record: short, so that a corrected one is seen soon. */
export const VALIDATION_TTL = 300;

/** Seconds that resolvers keep NS and CAA records, which hardly ever change. */
export const LASTING_TTL = 3600;

export interface DnsZoneProps {
  /** `example.com` */
  readonly name: string;
  /** `existing`: looked up by name. `create`: made here. */
  readonly source: 'existing' | 'create';
  /** Shown beside a created zone: whose it is. */
  readonly comment: string;
  /** Keeps Terraform from destroying a created zone: its name servers would change, and the registrar would not know. */
  readonly protect: boolean;
}

export interface CnameRecord {
  /** The full name, without a trailing dot. */
  readonly name: string;
  readonly target: string;
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
  /** Says who may issue certificates for the zone and everything below it. */
  addCertificateAuthorities(authorities: readonly string[]): void;
  /** Hands the name and everything below it over to other name servers, of which there are four. */
  delegate(name: string, nameServers: string[]): void;
}

/**
 * A host name as part of a construct id: `api-shop-example`. Names that hold hyphens themselves get a hash, so that
 * `a-b.example` and `a.b.example` stay apart.
 */
export function hostId(hostname: string): string {
  const dashed = hostname.replaceAll('.', '-');
  return hostname.includes('-') ? `${dashed}-${shortHash(hostname)}` : dashed;
}
