/** A public zone in Route 53. */
import { DataAwsRoute53Zone } from '@cdktf/provider-aws/lib/data-aws-route53-zone';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Route53Zone as AwsRoute53Zone } from '@cdktf/provider-aws/lib/route53-zone';
import { Construct } from 'constructs';
import { keepWhenProtected } from '../../terraform/lifecycle';
import { LASTING_TTL, VALIDATION_TTL, type CnameRecord, type DnsZone, type DnsZoneProps } from './dns-zone';

/** Looked up or made. One record set holds all values of a name and type. */
export class Route53Zone extends Construct implements DnsZone {
  public readonly id: string;
  public readonly nameServers: string[];
  private readonly name: string;

  constructor(scope: Construct, id: string, props: DnsZoneProps) {
    super(scope, id);
    const zone = props.source === 'create' ? this.create(props) : this.find(props);
    this.name = props.name;
    this.id = zone.zoneId;
    this.nameServers = zone.nameServers;
  }

  private create({ name, comment, protect }: DnsZoneProps): AwsRoute53Zone {
    return new AwsRoute53Zone(this, 'created', { name, comment, forceDestroy: false, lifecycle: keepWhenProtected(protect) });
  }

  private find({ name }: DnsZoneProps): DataAwsRoute53Zone {
    return new DataAwsRoute53Zone(this, 'found', { name, privateZone: false });
  }

  /** ACM gives one account the same CNAME for a name in every certificate, so an older certificate may have written it already. */
  public addValidation(scope: Construct, id: string, { name, target }: CnameRecord): string {
    const record = new Route53Record(scope, id, {
      zoneId: this.id,
      name,
      type: 'CNAME',
      records: [target],
      ttl: VALIDATION_TTL,
      allowOverwrite: true,
    });
    return record.fqdn;
  }

  public addCertificateAuthorities(authorities: readonly string[]): void {
    if (authorities.length === 0) return;
    new Route53Record(this, 'caa', {
      zoneId: this.id,
      name: this.name,
      type: 'CAA',
      records: authorities.map((authority) => `0 issue "${authority}"`),
      ttl: LASTING_TTL,
    });
  }

  public delegate(name: string, nameServers: string[]): void {
    new Route53Record(this, 'delegation', { zoneId: this.id, name, type: 'NS', records: nameServers, ttl: LASTING_TTL });
  }
}
