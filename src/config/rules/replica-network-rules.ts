/** Rules about the small VPCs in the regions of database replicas. */
import { managed } from '../calculations/placement';
import { isPrivate, overlap, parseCidr, PRIVATE_RANGES } from '../calculations/cidr';
import { finding, findingIf, pairs } from './finding';
import { defineRule, type Rule } from './rule';
import type { ParsedEnvironment } from '../schema/environment';

/** A replica network is split into two subnets, and AWS creates none smaller than /28. */
const SMALLEST_REPLICA_PREFIX = 27;

const networksOf = ({ replicaNetworks }: ParsedEnvironment['network']) =>
  Object.entries(replicaNetworks).map(([region, { cidr }]) => ({ region, cidr, path: `network.replicaNetworks.${region}` }));

const otherRegion = defineRule({
  id: 'replica-network-region',
  severity: 'refusal',
  summary: "Replica networks are in other regions: a replica in the environment's region uses the environment's VPC.",
  reads: ['region', 'network'],
  check: ({ region, network }) =>
    networksOf(network).flatMap((replica) =>
      findingIf(
        replica.region === region,
        replica.path,
        replica.region,
        `a region other than ${region}`,
        'remove it: a replica in the same region needs no separate network',
      ),
    ),
});

const size = defineRule({
  id: 'replica-network-size',
  severity: 'refusal',
  summary: 'Replica networks are between /16 and /27, so that two subnets fit.',
  reads: ['network'],
  check: ({ network }) =>
    networksOf(network).flatMap(({ path, cidr }) => {
      const prefix = parseCidr(cidr)?.prefix ?? 0;
      return findingIf(
        prefix < 16 || prefix > SMALLEST_REPLICA_PREFIX,
        `${path}.cidr`,
        cidr,
        'a prefix length from /16 to /27',
        'choose for example "10.100.0.0/24"',
      );
    }),
});

const privateRange = defineRule({
  id: 'replica-network-private',
  severity: 'refusal',
  summary: 'Replica networks use private addresses, in regions where the zones are the same for every account.',
  reads: ['network'],
  check: ({ network }) =>
    networksOf(network).flatMap(({ path, region, cidr }) => {
      const parsed = parseCidr(cidr);
      return [
        ...findingIf(
          parsed !== undefined && !isPrivate(parsed),
          `${path}.cidr`,
          cidr,
          `a part of ${PRIVATE_RANGES.join(', ')}`,
          'choose for example "10.100.0.0/24"',
        ),
        ...findingIf(
          region === 'us-west-1',
          path,
          region,
          'a region whose zones Terrace knows: us-west-1 shows each account another two',
          'use us-west-2',
        ),
      ];
    }),
});

const disjoint = defineRule({
  id: 'replica-networks-disjoint',
  severity: 'refusal',
  summary: 'Replica networks overlap neither the VPC nor each other, so that they can be peered.',
  reads: ['network'],
  check: ({ network }) => {
    const all = [{ path: 'network', cidr: network.cidr }, ...networksOf(network)];
    return pairs(all).flatMap(([one, other]) => {
      const [first, second] = [parseCidr(one.cidr), parseCidr(other.cidr)];
      const shared = first !== undefined && second !== undefined && overlap(first, second);
      return findingIf(
        shared,
        `${other.path}.cidr`,
        other.cidr,
        `a network that does not overlap ${one.cidr} (${one.path}.cidr)`,
        'choose another range',
      );
    });
  },
});

const present = defineRule({
  id: 'replica-network-missing',
  severity: 'refusal',
  summary: 'A replica in another region has a network there.',
  reads: ['region', 'network', 'database'],
  check: ({ region, network, database }) =>
    Object.entries(managed(database)?.replicas ?? {}).flatMap(([key, replica]) => {
      const there = replica.region ?? region;
      if (there === region || there in network.replicaNetworks) return [];
      const fix = `add network.replicaNetworks: { '${there}': { cidr: '10.100.0.0/24' } }`;
      return [finding(`database.replicas.${key}.region`, there, `${region}, or a region of \`network.replicaNetworks\``, fix)];
    }),
});

const used = defineRule({
  id: 'replica-network-unused',
  severity: 'warning',
  summary: 'Every replica network holds a replica.',
  reads: ['region', 'network', 'database'],
  check: ({ region, network, database }) => {
    const regions = new Set(Object.values(managed(database)?.replicas ?? {}).map((replica) => replica.region ?? region));
    return networksOf(network).flatMap((replica) =>
      findingIf(
        !([...regions] as string[]).includes(replica.region) && replica.region !== region,
        replica.path,
        replica.region,
        'no replica is in this network',
        'remove it, or add the replica',
      ),
    );
  },
});

export const REPLICA_NETWORK_RULES: readonly Rule[] = [otherRegion, size, privateRange, disjoint, present, used];
