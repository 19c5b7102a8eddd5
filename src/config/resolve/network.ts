/** The network of an environment with every default filled. Pure. */
import { managed } from '../calculations/placement';
import { carveSubnets, splitReplicaNetwork } from '../calculations/subnets';
import { zoneNames } from '../calculations/zones';
import type { ResolvedNetwork, ResolvedReplicaNetwork } from '../resolved/environment';
import type { ParsedEnvironment } from '../schema/environment';
import { REGION_ZONES, type Region } from '../tables/regions';

/** Resolves VPC, subnets, egress, and the networks of replica regions. */
export function resolveNetwork(parsed: ParsedEnvironment): ResolvedNetwork {
  const { region, network, database, cache, fileSystems, box } = parsed;
  const zones = zoneNames(region, network.zones);
  return {
    ...network,
    zones,
    subnets: network.subnets ?? carveSubnets(network.cidr, zones.length),
    replicaNetworks: Object.entries(network.replicaNetworks).map(([replicaRegion, { cidr }]) =>
      resolveReplicaNetwork(replicaRegion as Region, cidr),
    ),
    dataSecurityGroups: {
      database: managed(database) !== undefined,
      cache: managed(cache) !== undefined,
      fileSystems: Object.keys(fileSystems).length > 0,
    },
    boxAddress: box !== undefined,
  };
}

function resolveReplicaNetwork(region: Region, cidr: string): ResolvedReplicaNetwork {
  const [first, second] = REGION_ZONES[region];
  return { region, cidr, subnets: splitReplicaNetwork(cidr), zones: [`${region}${first}`, `${region}${second}`] };
}
