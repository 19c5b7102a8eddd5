/** Serving records in a Cloudflare zone. */
import { DnsRecord } from '@cdktf/provider-cloudflare/lib/dns-record';
import type { Construct } from 'constructs';
import { SERVING_TTL, type Destination, type DnsRecords, type WeightedDestination } from './dns-records';

/** What Cloudflare calls a time to live that it chooses itself, as it does for everything it proxies. */
const AUTOMATIC_TTL = 1;

/**
 * One record a name: Cloudflare knows no weights without its (paid) load balancing. The name leads to the larger share;
 * behind the proxy a switch is seen at once, because visitors resolve Cloudflare's addresses and not ours.
 * A CNAME at the zone's own name is fine: Cloudflare answers with the addresses behind it.
 */
export class CloudflareRecords implements DnsRecords {
  constructor(
    private readonly scope: Construct,
    private readonly zoneId: string,
    /** Whether visitors come through Cloudflare. */
    private readonly proxied: boolean,
  ) {}

  public point(id: string, name: string, shares: readonly WeightedDestination[]): void {
    const [largest] = [...shares].sort((left, right) => right.percent - left.percent);
    if (largest === undefined) return;
    new DnsRecord(this.scope, id, {
      zoneId: this.zoneId,
      name,
      ...targetOf(largest.destination),
      ttl: this.proxied ? AUTOMATIC_TTL : SERVING_TTL,
      proxied: this.proxied,
    });
  }
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
