/** DNS by Route 53: public zones, and records with weights. */
import { DataAwsRoute53Zone } from '@cdktf/provider-aws/lib/data-aws-route53-zone';
import { Route53Record, type Route53RecordConfig } from '@cdktf/provider-aws/lib/route53-record';
import { Route53Zone as AwsRoute53Zone } from '@cdktf/provider-aws/lib/route53-zone';
import { Construct } from 'constructs';
import { keepWhenProtected } from '../../terraform/lifecycle';
import {
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

/** A public zone, looked up or created. One record set holds all values of a name and type. */
class Route53Zone extends Construct implements DnsZone {
  public readonly id: string;
  public readonly nameServers: string[];
  private readonly name: string;

  constructor(scope: Construct, id: string, props: DnsZoneProps) {
    super(scope, id);
    const zone = props.source === 'create' ? this.createZone(props) : this.findZone(props);
    this.name = props.name;
    this.id = zone.zoneId;
    this.nameServers = zone.nameServers;
  }

  private createZone({ name, comment, protect }: DnsZoneProps): AwsRoute53Zone {
    return new AwsRoute53Zone(this, 'created', { name, comment, forceDestroy: false, lifecycle: keepWhenProtected(protect) });
  }

  private findZone({ name }: DnsZoneProps): DataAwsRoute53Zone {
    return new DataAwsRoute53Zone(this, 'found', { name, privateZone: false });
  }

  /** ACM gives an account the same CNAME for a name in every certificate, so an older certificate may have written it already. */
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

/**
 * Every record is weighted, even a single one: Route 53 refuses a weighted record next to a plain one, so a name would have
 * to disappear for a moment before two tiers could share it.
 */
function createServingRecords(scope: Construct, id: string, { zoneId, name, shares }: ServingRecordsProps): void {
  for (const { id: share, destination, percent } of shares) {
    for (const target of targetsOf(destination)) {
      new Route53Record(scope, `${id}-${share}${target.type === 'AAAA' ? '-ipv6' : ''}`, {
        zoneId,
        name,
        ...target,
        setIdentifier: share,
        weightedRoutingPolicy: { weight: percent },
      });
    }
  }
}

type Target = Pick<Route53RecordConfig, 'type' | 'alias' | 'records' | 'ttl'>;

function targetsOf(destination: Destination): readonly Target[] {
  switch (destination.kind) {
    case 'address':
      return [{ type: 'A', records: [destination.address], ttl: SERVING_TTL }];
    case 'aws': {
      const { dnsName, hostedZoneId, followsHealth, ipv6 } = destination;
      const alias = { name: dnsName, zoneId: hostedZoneId, evaluateTargetHealth: followsHealth };
      const types = ipv6 ? ['A', 'AAAA'] : ['A'];
      return types.map((type) => ({ type, alias }));
    }
    case 'name':
      return [{ type: 'CNAME', records: [destination.name], ttl: SERVING_TTL }];
  }
}

/** The provider puts texts into quotes itself. */
function createRecord(scope: Construct, id: string, { zoneId, name, type, content, priority }: PlainRecord): void {
  const value = priority === undefined ? content : `${priority} ${content}`;
  new Route53Record(scope, id, { zoneId, name, type, records: [value], ttl: LASTING_TTL });
}

export const ROUTE53: DnsProvider = {
  createZone: (scope, id, props) => new Route53Zone(scope, id, props),
  createServingRecords,
  createRecord,
};
