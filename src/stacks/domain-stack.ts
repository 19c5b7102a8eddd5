/** The environment's names: its zone, who may issue certificates for it, and its certificates. */
import { Fn, type App } from 'cdktf';
import { recordZone } from '../config/calculations/record-zone';
import type { Identity, ResolvedDomain } from '../config/resolved/environment';
import type { DomainHandover } from '../contracts/handovers';
import type { DnsZone, DnsZoneProps } from '../modules/dns/dns-provider';
import { DNS_PROVIDERS } from '../modules/dns/providers';
import { ValidatedCertificate } from '../modules/domain/validated-certificate';
import { Handover } from '../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';

export interface DomainStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  /** Keeps zones that this stack creates. */
  readonly protect: boolean;
  readonly domain: ResolvedDomain;
}

/** `<env>-domain` */
export class DomainStack extends TerraceStack {
  public readonly handover: Handover<DomainHandover>;

  constructor(
    app: App,
    private readonly props: DomainStackProps,
  ) {
    super(app, props.stack);
    const { domain, identity } = props;
    const zone = this.createRecordZone(this.createMainZone());
    zone.addCertificateAuthorities(domain.certificateAuthorities);
    const certificate = new ValidatedCertificate(this, 'certificate', {
      names: domain.names,
      zone,
      region: identity.region,
      edge: domain.edgeCertificate,
    });
    this.handover = new Handover<DomainHandover>(this, {
      zoneId: zone.id,
      certificateArn: certificate.arn,
      edgeCertificateArn: certificate.edgeArn,
    });
  }

  private createMainZone(): DnsZone {
    const { provider, zone: name, zoneSource, cloudflareAccountId } = this.props.domain;
    const props = { ...this.zoneProps(name, zoneSource), providerAccountId: cloudflareAccountId };
    const zone = DNS_PROVIDERS[provider].createZone(this, 'zone', props);
    if (zoneSource === 'create') {
      const servers = Fn.join(', ', zone.nameServers);
      this.addOutput(
        'name_servers',
        `Enter these name servers at the registrar of ${name}; no certificate is issued before that`,
        servers,
      );
    }
    return zone;
  }

  /** The zone that the names are in: a delegated one, created here, or the main one. */
  private createRecordZone(main: DnsZone): DnsZone {
    const { domain } = this.props;
    if (domain.delegatedZone === undefined) return main;
    const { name, provider } = recordZone(domain);
    const delegated = DNS_PROVIDERS[provider].createZone(this, 'delegated', this.zoneProps(name, 'create'));
    main.delegate(name, delegated.nameServers);
    return delegated;
  }

  private zoneProps(name: string, source: DnsZoneProps['source']): DnsZoneProps {
    const { identity, protect } = this.props;
    return { name, source, comment: `${identity.environment}, made by Terrace`, protect };
  }
}
