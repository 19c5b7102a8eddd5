/** Rules for the destinations that an environment file names under `egress`. */
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Destination, ResolvedContainer } from '../../config/resolved/environment';
import { required } from '../../contracts/lookups';
import { allowEgress, connect } from './security-group';

export interface DestinationsProps {
  /** The group that connects. */
  readonly securityGroupId: string;
  /** Whose group it is, as descriptions of rules begin: `api`. */
  readonly who: string;
  readonly destinations: readonly Destination[];
  /** The group of the interface endpoints; necessary for destinations that are one of them. */
  readonly endpointSecurityGroupId?: string;
}

/** A network as part of a construct id: `10-0-0-0-16`. */
export function networkId(cidr: string): string {
  return cidr.replace(/[./]/g, '-');
}

/** The destinations of several containers, each once: what they share a group for. */
export function sharedDestinations(workloads: readonly Pick<ResolvedContainer, 'egress'>[]): readonly Destination[] {
  const all = workloads.flatMap(({ egress }) => egress);
  return [...new Map(all.map((one) => [`${'cidr' in one ? one.cidr : one.endpoint} ${one.port}`, one] as const)).values()];
}

/** Opens each destination, and an endpoint for the group. The rules are returned for what must wait until they are there. */
export function allowDestinations(
  scope: Construct,
  { securityGroupId, who, destinations, endpointSecurityGroupId }: DestinationsProps,
): readonly ITerraformDependable[] {
  return destinations.flatMap((destination) => {
    const { port } = destination;
    if ('cidr' in destination) {
      const { cidr } = destination;
      const rule = { securityGroupId, peer: { cidr }, port, description: `${who} to ${cidr}` };
      return [allowEgress(scope, `egress-${networkId(cidr)}-${port}`, rule)];
    }
    const { endpoint } = destination;
    const to = required(endpointSecurityGroupId, `the security group of the endpoint ${endpoint}`);
    return connect(scope, `${endpoint}-${port}`, { from: securityGroupId, to, port, description: `${who} to ${endpoint}` });
  });
}
