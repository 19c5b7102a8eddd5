/** A shared zone itself: its settings and rules, who may issue certificates for it, and the certificates of its names. */
import type { App } from 'cdktf';
import type { ResolvedZone } from '../config/resolved/zone';
import { EDGE_REGION } from '../config/tables/regions';
import type { ZoneHandover } from '../contracts/handovers';
import type { DnsZone } from '../modules/dns/dns-provider';
import { ValidatedCertificate } from '../modules/domain/validated-certificate';
import { CloudflareZoneRules } from '../modules/edge/cloudflare-zone';
import { Handover } from '../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';
import { createDescribedZone } from './described-zone';

export interface ZoneStackProps {
  readonly stack: TerraceStackProps;
  readonly zone: ResolvedZone;
}

/** `zone-<zone>` */
export class ZoneStack extends TerraceStack {
  public readonly handover: Handover<ZoneHandover>;

  constructor(
    app: App,
    private readonly props: ZoneStackProps,
  ) {
    super(app, props.stack);
    const { description, cloudflareZone } = props.zone;
    const zone = createDescribedZone(this, description, {
      comment: 'shared by several environments, made by Terrace',
      protect: description.protect,
    });
    zone.addCertificateAuthorities(description.certificateAuthorities);
    if (cloudflareZone !== undefined) {
      new CloudflareZoneRules(this, 'cloudflare-zone', { zoneId: zone.id, rules: cloudflareZone });
    }
    this.handover = new Handover<ZoneHandover>(this, { zoneId: zone.id, certificateArns: this.createCertificates(zone) });
  }

  private createCertificates(zone: DnsZone): ZoneHandover['certificateArns'] {
    const { certificate } = this.props.zone;
    if (certificate === undefined) return {};
    const regions = certificate.regions.map((id) => ({ id, region: id === EDGE_REGION ? undefined : id }));
    return new ValidatedCertificate(this, 'certificate', { names: certificate.names, zone, regions }).arns;
  }
}
