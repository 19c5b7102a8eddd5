/** Where each tier is reached by the public: what edge points names at. */
import { DataAwsLb } from '@cdktf/provider-aws/lib/data-aws-lb';
import type { Destination } from '../modules/edge/dns-records';
import type { FargateHandover, NetworkHandover } from '../contracts/handovers';
import type { Handover } from '../terraform/handover';
import type { ServingHandover } from './serving-handover';
import type { TerraceStack } from '../terraform/terrace-stack';

/**
 * The destination of a tier, as the edge stack sees it; nothing where the public reaches nothing.
 * Reading it also makes the edge stack deploy after the tier.
 */
export function destinationOf(
  edge: TerraceStack,
  tier: ServingHandover,
  network: Handover<NetworkHandover>,
): Destination | undefined {
  switch (tier.kind) {
    case 'fargate':
      return balancerDestination(tier.compute.in(edge).loadBalancer);
    case 'box':
      return balancerDestination(tier.compute.in(edge).loadBalancer) ?? hostDestination(edge, network);
    case 'kubernetes':
      return ingressDestination(edge, tier);
  }
}

function balancerDestination(balancer: FargateHandover['loadBalancer']): Destination | undefined {
  if (balancer === undefined) return undefined;
  return { kind: 'aws', dnsName: balancer.dnsName, hostedZoneId: balancer.hostedZoneId, ipv6: false, followsHealth: true };
}

/** The address is the network's: it outlives the host. */
function hostDestination(edge: TerraceStack, network: Handover<NetworkHandover>): Destination | undefined {
  const address = network.in(edge).boxAddress?.publicIp;
  return address === undefined ? undefined : { kind: 'address', address };
}

/** The load balancer that the ingress controller made: no stack of ours holds it, so it is looked up by its name. */
function ingressDestination(edge: TerraceStack, tier: Extract<ServingHandover, { kind: 'kubernetes' }>): Destination | undefined {
  const { loadBalancer } = tier.workloads.in(edge);
  if (loadBalancer === undefined) return undefined;
  const { dnsName, zoneId } = new DataAwsLb(edge, 'ingress', { name: loadBalancer.name });
  return { kind: 'aws', dnsName, hostedZoneId: zoneId, ipv6: false, followsHealth: true };
}
