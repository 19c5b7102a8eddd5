/** DNS by Cloudflare. Its Terraform provider reads its token from CLOUDFLARE_API_TOKEN, never from the configuration. */
import { DataCloudflareZone } from '@cdktf/provider-cloudflare/lib/data-cloudflare-zone';
import { DnsRecord } from '@cdktf/provider-cloudflare/lib/dns-record';
import { CloudflareProvider } from '@cdktf/provider-cloudflare/lib/provider';
import { Zone } from '@cdktf/provider-cloudflare/lib/zone';
import { Fn, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { keepWhenProtected } from '../../terraform/lifecycle';
import { allowProviderVersions } from '../../terraform/provider-versions';
import {
  hostId,
  LASTING_TTL,
  SERVING_TTL,
  VALIDATION_TTL,
  type CnameRecord,
  type Destination,
  type DnsProvider,
  type DnsZone,
  type DnsZoneProps,
  type PlainRecord,
  type ServingRecordsProps,
} from './dns-provider';

/** How many name servers Route 53 gives a zone. */
const DELEGATED_NAME_SERVERS = 4;

/** What Cloudflare calls a time to live that it chooses itself, as it does for everything it proxies. */
const AUTOMATIC_TTL = 1;

const PROVIDER_ID = 'cloudflare';

/** Makes sure that the stack around a construct has Cloudflare's Terraform provider, once. */
export function requireCloudflareProvider(scope: Construct): void {
  const stack = TerraformStack.of(scope);
  if (stack.node.tryFindChild(PROVIDER_ID) !== undefined) return;
  new CloudflareProvider(stack, PROVIDER_ID);
  allowProviderVersions(stack, 'cloudflare');
}

/**
 * A zone, looked up or created. Cloudflare keeps one record per value, and its names are written in full and without a
 * trailing dot, as its API returns them: otherwise every plan would show a change.
 */
class CloudflareZone extends Construct implements DnsZone {
  public readonly id: string;
  public readonly nameServers: string[];
  private readonly name: string;

  constructor(scope: Construct, id: string, props: DnsZoneProps) {
    super(scope, id);
    requireCloudflareProvider(this);
    this.name = props.name;
    const zone = props.source === 'create' ? this.createZone(props) : this.findZone(props);
    this.id = zone instanceof Zone ? zone.id : zone.zoneId;
    this.nameServers = zone.nameServers;
  }

  private createZone({ name, providerAccountId, protect }: DnsZoneProps): Zone {
    const lifecycle = keepWhenProtected(protect);
    return new Zone(this, 'created', { name, account: { id: providerAccountId }, type: 'full', lifecycle });
  }

  private findZone({ name }: DnsZoneProps): DataCloudflareZone {
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
      // The bindings type `flags` as a map; the provider takes a number here.
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

/**
 * One record per name: Cloudflare has no weights without its (paid) load balancing. The name leads to the larger share.
 * Behind the proxy a switch takes effect at once, because visitors resolve Cloudflare's addresses and not ours.
 * A CNAME at the zone's apex is fine: Cloudflare answers with the addresses behind it.
 */
function createServingRecords(scope: Construct, id: string, { zoneId, name, shares, proxied }: ServingRecordsProps): void {
  requireCloudflareProvider(scope);
  const [largest] = [...shares].sort((left, right) => right.percent - left.percent);
  if (largest === undefined) return;
  new DnsRecord(scope, id, {
    zoneId,
    name,
    ...targetOf(largest.destination),
    ttl: proxied ? AUTOMATIC_TTL : SERVING_TTL,
    proxied,
  });
}

function targetOf(destination: Destination): { readonly type: 'A' | 'CNAME'; readonly content: string } {
  switch (destination.kind) {
    case 'address':
      return { type: 'A', content: destination.address };
    case 'aws':
      return { type: 'CNAME', content: destination.dnsName };
    case 'name':
      return { type: 'CNAME', content: destination.name };
  }
}

/** Cloudflare returns texts in quotes: without them every plan would show a change. */
function createRecord(scope: Construct, id: string, { zoneId, name, type, content, priority }: PlainRecord): void {
  requireCloudflareProvider(scope);
  new DnsRecord(scope, id, {
    zoneId,
    name,
    type,
    content: type === 'TXT' ? `"${content}"` : content,
    priority,
    ttl: LASTING_TTL,
    proxied: false,
  });
}

export const CLOUDFLARE: DnsProvider = {
  createZone: (scope, id, props) => new CloudflareZone(scope, id, props),
  createServingRecords,
  createRecord,
};
