/** Where load balancers are. Pure. */
import type { ResolvedEdge } from '../../config/resolved/edge';
import type { NetworkHandover } from '../../contracts/handovers';

/**
 * The subnets of a load balancer. An internal one is in the isolated subnets: it needs no route to the internet, and containers
 * have no addresses there, so that rules on addresses admit the load balancer and not every container.
 */
export function balancerSubnetIds(
  { publicSubnetIds, isolatedSubnetIds }: Pick<NetworkHandover, 'publicSubnetIds' | 'isolatedSubnetIds'>,
  scheme: ResolvedEdge['balancerScheme'],
): readonly string[] {
  return scheme === 'internal' ? isolatedSubnetIds : publicSubnetIds;
}
