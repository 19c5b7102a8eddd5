/** Serving records in a Route 53 zone. */
import { Route53Record, type Route53RecordConfig } from '@cdktf/provider-aws/lib/route53-record';
import type { Construct } from 'constructs';
import { SERVING_TTL, type Destination, type DnsRecords, type WeightedDestination } from './dns-records';

type Target = Pick<Route53RecordConfig, 'type' | 'alias' | 'records' | 'ttl'>;

/**
 * Every record is weighted, also one that is alone: Route 53 takes no weighted record beside a plain one, so a name would
 * have to vanish for a moment before it could be shared between two tiers.
 */
export class Route53Records implements DnsRecords {
  constructor(
    private readonly scope: Construct,
    private readonly zoneId: string,
  ) {}

  public point(id: string, name: string, shares: readonly WeightedDestination[]): void {
    for (const { id: share, destination, percent } of shares) {
      for (const target of targetsOf(destination)) {
        new Route53Record(this.scope, `${id}-${share}${target.type === 'AAAA' ? '-ipv6' : ''}`, {
          zoneId: this.zoneId,
          name,
          ...target,
          setIdentifier: share,
          weightedRoutingPolicy: { weight: percent },
        });
      }
    }
  }
}

function targetsOf(destination: Destination): readonly Target[] {
  switch (destination.kind) {
    case 'address':
      return [{ type: 'A', records: [destination.address], ttl: SERVING_TTL }];
    case 'aws': {
      const { dnsName, hostedZoneId, followsHealth, ipv6 } = destination;
      const alias = { name: dnsName, zoneId: hostedZoneId, evaluateTargetHealth: followsHealth };
      return ipv6
        ? [
            { type: 'A', alias },
            { type: 'AAAA', alias },
          ]
        : [{ type: 'A', alias }];
    }
    case 'name':
      return [{ type: 'CNAME', records: [destination.name], ttl: SERVING_TTL }];
  }
}
