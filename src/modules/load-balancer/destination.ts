/** A load balancer as the target of DNS records. Pure. */
import type { LoadBalancerHandover } from '../../contracts/handovers';
import type { Destination } from '../dns/dns-provider';

/** Route 53 leaves out a load balancer whose targets are all unhealthy. */
export function balancerDestination({ dnsName, hostedZoneId }: LoadBalancerHandover): Destination {
  return { kind: 'aws', dnsName, hostedZoneId, ipv6: false, followsHealth: true };
}
