/** The names of an environment in its own zone: the zone, who may issue certificates for it, and its certificates. */
import type { App } from 'cdktf';
import { recordZone } from '../config/calculations/record-zone';
import type { OwnDomain } from '../config/resolved/domain';
import type { Identity } from '../config/resolved/environment';
import { EDGE_REGION } from '../config/tables/regions';
import type { DomainHandover } from '../contracts/handovers';
import type { DnsZone, DnsZoneProps } from '../modules/dns/dns-provider';
import { DNS_PROVIDERS } from '../modules/dns/providers';
import { ValidatedCertificate } from '../modules/domain/validated-certificate';
import { Handover } from '../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';
import { createDescribedZone } from './described-zone';

export interface DomainStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  /** Keeps zones that this stack creates. */
  readonly protect: boolean;
  readonly domain: OwnDomain;
}

/** `<env>-domain` */
export class DomainStack extends TerraceStack {
  public readonly handover: Handover<DomainHandover>;

  constructor(
    app: App,
    private readonly props: DomainStackProps,
  ) {
    super(app, props.stack);
    const { domain } = props;
    const zone = this.createRecordZone(createDescribedZone(this, domain, this.zoneOptions));
    zone.addCertificateAuthorities(domain.certificateAuthorities);
    this.handover = new Handover<DomainHandover>(this, { zoneId: zone.id, ...this.createCertificates(zone) });
  }

  /** Only what something uses; in us-east-1 one certificate serves load balancers and CloudFront. */
  private createCertificates(zone: DnsZone): Pick<DomainHandover, 'certificateArn' | 'edgeCertificateArn'> {
    const { domain, identity } = this.props;
    const inEdgeRegion = identity.region === EDGE_REGION;
    const regional = domain.regionalCertificate || (domain.edgeCertificate && inEdgeRegion);
    const regions = [
      ...(regional ? [{ id: 'regional' }] : []),
      ...(domain.edgeCertificate && !inEdgeRegion ? [{ id: 'edge', region: EDGE_REGION }] : []),
    ];
    if (regions.length === 0) return {};
    const { arns } = new ValidatedCertificate(this, 'certificate', { names: domain.certificateNames, zone, regions });
    return {
      certificateArn: arns.regional,
      edgeCertificateArn: domain.edgeCertificate ? arns[inEdgeRegion ? 'regional' : 'edge'] : undefined,
    };
  }

  /** The zone that the names are in: a delegated one, created here, or the main one. */
  private createRecordZone(main: DnsZone): DnsZone {
    const { domain } = this.props;
    if (domain.delegatedZone === undefined) return main;
    const { name, provider } = recordZone(domain);
    const delegated = DNS_PROVIDERS[provider].createZone(this, 'delegated', {
      name,
      source: 'create',
      ...this.zoneOptions,
    });
    main.delegate(name, delegated.nameServers);
    return delegated;
  }

  private get zoneOptions(): Pick<DnsZoneProps, 'comment' | 'protect'> {
    const { identity, protect } = this.props;
    return { comment: `${identity.environment}, made by Terrace`, protect };
  }
}
