/** A zone in Cloudflare. The provider takes its token from CLOUDFLARE_API_TOKEN, never from the configuration. */
import { DataCloudflareZone } from '@cdktf/provider-cloudflare/lib/data-cloudflare-zone';
import { DnsRecord } from '@cdktf/provider-cloudflare/lib/dns-record';
import { Zone } from '@cdktf/provider-cloudflare/lib/zone';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { keepWhenProtected } from '../../terraform/lifecycle';
import { hostId, LASTING_TTL, VALIDATION_TTL, type CnameRecord, type DnsZone, type DnsZoneProps } from './dns-zone';

export interface CloudflareZoneProps extends DnsZoneProps {
  /** The account that a created zone belongs to. */
  readonly accountId?: string;
}

/** How many name servers Route 53 gives a zone. */
const DELEGATED_NAME_SERVERS = 4;

/**
 * Looked up or made. Cloudflare keeps one record a value, and its names are written in full and without a trailing dot,
 * as its API answers them: otherwise every plan would show a change.
 */
export class CloudflareZone extends Construct implements DnsZone {
  public readonly id: string;
  public readonly nameServers: string[];
  private readonly name: string;

  constructor(scope: Construct, id: string, props: CloudflareZoneProps) {
    super(scope, id);
    this.name = props.name;
    const zone = props.source === 'create' ? this.create(props) : this.find(props);
    this.id = zone instanceof Zone ? zone.id : zone.zoneId;
    this.nameServers = zone.nameServers;
  }

  private create({ name, accountId, protect }: CloudflareZoneProps): Zone {
    return new Zone(this, 'created', { name, account: { id: accountId }, type: 'full', lifecycle: keepWhenProtected(protect) });
  }

  private find({ name }: CloudflareZoneProps): DataCloudflareZone {
    return new DataCloudflareZone(this, 'found', { filter: { name } });
  }

  /** Not proxied: ACM must see the record itself. */
  public addValidation(scope: Construct, id: string, { name, target }: CnameRecord): string {
    const record = new DnsRecord(scope, id, {
      zoneId: this.id,
      name,
      type: 'CNAME',
      content: target,
      ttl: VALIDATION_TTL,
      proxied: false,
    });
    return record.name;
  }

  /** Cloudflare adds its own authorities to a zone that has CAA records and proxies traffic. */
  public addCertificateAuthorities(authorities: readonly string[]): void {
    for (const authority of authorities) {
      const record = new DnsRecord(this, `caa-${hostId(authority)}`, {
        zoneId: this.id,
        name: this.name,
        type: 'CAA',
        data: { tag: 'issue', value: authority },
        ttl: LASTING_TTL,
      });
      // The bindings type `flags` as a map, the provider takes a number here.
      record.addOverride('data.flags', 0);
    }
  }

  public delegate(name: string, nameServers: string[]): void {
    for (let index = 0; index < DELEGATED_NAME_SERVERS; index += 1) {
      new DnsRecord(this, `delegation-${index + 1}`, {
        zoneId: this.id,
        name,
        type: 'NS',
        content: Fn.element(nameServers, index) as string,
        ttl: LASTING_TTL,
      });
    }
  }
}
