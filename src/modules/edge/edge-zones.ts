/** The zones that edge writes to: the environment's own, and, where that one is delegated, the zone above it. */
import { CloudflareProvider } from '@cdktf/provider-cloudflare/lib/provider';
import { DataCloudflareZone } from '@cdktf/provider-cloudflare/lib/data-cloudflare-zone';
import { recordZone } from '../../config/calculations/record-zone';
import type { ResolvedDomain } from '../../config/resolved/environment';
import { CloudflareRecords } from './cloudflare-records';
import type { DnsRecords } from './dns-records';
import { Route53Records } from './route53-records';
import type { TerraceStack } from '../../terraform/terrace-stack';

/** Makes Cloudflare's provider and look-ups only when something of Cloudflare's is asked for. */
export class EdgeZones {
  private cloudflareZone?: DataCloudflareZone;
  private hasProvider = false;

  constructor(
    private readonly stack: TerraceStack,
    private readonly domain: ResolvedDomain,
    /** The zone that the environment's own names live in. */
    private readonly zoneId: string,
  ) {}

  /** Records of the environment's own names. */
  public own(proxied: boolean): DnsRecords {
    if (recordZone(this.domain).provider === 'route53') return new Route53Records(this.stack, this.zoneId);
    this.provider();
    return new CloudflareRecords(this.stack, this.zoneId, proxied);
  }

  /** Records of Pages' names, in the Cloudflare zone; always proxied, as Pages asks. */
  public pages(): DnsRecords {
    return new CloudflareRecords(this.stack, this.cloudflareId, true);
  }

  /** The Cloudflare zone, also where the environment's names live in a zone delegated from it. */
  public get cloudflareId(): string {
    this.provider();
    return this.isDelegated ? this.found.zoneId : this.zoneId;
  }

  /** The account that the Cloudflare zone belongs to: looked up, so that nobody has to write it down. */
  public get cloudflareAccountId(): string {
    return this.found.account.id;
  }

  private get isDelegated(): boolean {
    return this.domain.delegatedZone !== undefined;
  }

  private get found(): DataCloudflareZone {
    this.provider();
    this.cloudflareZone ??= new DataCloudflareZone(
      this.stack,
      'zone',
      this.isDelegated ? { filter: { name: this.domain.zone } } : { zoneId: this.zoneId },
    );
    return this.cloudflareZone;
  }

  private provider(): void {
    if (this.hasProvider) return;
    new CloudflareProvider(this.stack, 'cloudflare');
    this.hasProvider = true;
  }
}
