/** The environment's names: its zone, who may certify them, and their certificates. */
import { CloudflareProvider } from '@cdktf/provider-cloudflare/lib/provider';
import { Fn, type App } from 'cdktf';
import type { Identity, ResolvedDomain } from '../config/resolved/environment';
import { CloudflareZone } from '../modules/domain/cloudflare-zone';
import type { DnsZone, DnsZoneProps } from '../modules/domain/dns-zone';
import { Route53Zone } from '../modules/domain/route53-zone';
import { ValidatedCertificate } from '../modules/domain/validated-certificate';
import type { DomainHandover } from '../contracts/handovers';
import { Handover } from '../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';

export interface DomainStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  /** Keeps zones that this stack makes. */
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
    const zone = this.recordZone(this.mainZone());
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

  private mainZone(): DnsZone {
    const { domain } = this.props;
    const zone = this.openZone(this.zoneProps(domain.zone, domain.zoneSource));
    if (domain.zoneSource === 'create') {
      const servers = Fn.join(', ', zone.nameServers);
      this.addOutput(
        'name_servers',
        `Enter these at the registrar of ${domain.zone}; until then no certificate is issued`,
        servers,
      );
    }
    return zone;
  }

  private openZone(zoneProps: DnsZoneProps): DnsZone {
    const { provider, cloudflareAccountId } = this.props.domain;
    switch (provider) {
      case 'route53':
        return new Route53Zone(this, 'zone', zoneProps);
      case 'cloudflare':
        new CloudflareProvider(this, 'cloudflare');
        return new CloudflareZone(this, 'zone', { ...zoneProps, accountId: cloudflareAccountId });
    }
  }

  /** The zone that the names live in: a delegated one, made here, or the main one. */
  private recordZone(main: DnsZone): DnsZone {
    const { delegatedZone } = this.props.domain;
    if (delegatedZone === undefined) return main;
    const delegated = new Route53Zone(this, 'delegated', this.zoneProps(delegatedZone, 'create'));
    main.delegate(delegatedZone, delegated.nameServers);
    return delegated;
  }

  private zoneProps(name: string, source: DnsZoneProps['source']): DnsZoneProps {
    const { identity, protect } = this.props;
    return { name, source, comment: `${identity.environment}, made by Terrace`, protect };
  }
}
