/**
 * Carves a VPC into subnets. Pure; planned for three zones whatever the environment uses, so that a third zone moves nothing.
 *
 *   /16:  0        64       128      192  208  224  240  252
 *         | private a | private b | private c | pub a | pub b | pub c | isolated a b c | spare |
 *         |    /18    |    /18    |    /18    |  /20  |  /20  |  /20  |   /22 each     |  /22  |
 *
 * Private subnets get three quarters, because pods and tasks each take an address; isolated ones the least.
 */
import { childOf, formatCidr, parseCidr, type Cidr } from './cidr';

/** The zones that every carved plan has room for. */
export const PLANNED_ZONES = 3;

/** The smallest VPC that can be carved: AWS's smallest subnet is a /28, and isolated subnets are six bits longer than the VPC. */
export const LONGEST_CARVABLE_PREFIX = 22;

/** Subnet CIDRs, one a zone, in the order of the zones. */
export interface SubnetPlan {
  readonly public: readonly string[];
  readonly private: readonly string[];
  readonly isolated: readonly string[];
}

/** How many bits longer than the VPC's prefix that of each subnet is. */
const LONGER_BY: Readonly<Record<keyof SubnetPlan, number>> = { private: 2, public: 4, isolated: 6 };

/** The prefix length of the subnets that a VPC is carved into; undefined where the CIDR is no network. */
export function carvedPrefix(vpcCidr: string, kind: keyof SubnetPlan): number | undefined {
  const vpc = parseCidr(vpcCidr);
  return vpc && vpc.prefix + LONGER_BY[kind];
}

/**
 * Carves a VPC's CIDR.
 * @param zoneCount 1 to 3
 * @throws RangeError when the CIDR is no network or too small: the rules refuse such input before this runs.
 */
export function carveSubnets(vpcCidr: string, zoneCount: number): SubnetPlan {
  const vpc = parseCidr(vpcCidr);
  if (vpc === undefined || vpc.prefix > LONGEST_CARVABLE_PREFIX) throw new RangeError(`${vpcCidr} cannot be carved`);
  const lastQuarter = childOf(vpc, vpc.prefix + 2, 3);
  const lastSixteenth = childOf(lastQuarter, vpc.prefix + 4, 3);
  const take = (parent: Cidr, prefix: number) =>
    Array.from({ length: zoneCount }, (_, zone) => formatCidr(childOf(parent, prefix, zone)));
  return {
    private: take(vpc, vpc.prefix + LONGER_BY.private),
    public: take(lastQuarter, vpc.prefix + LONGER_BY.public),
    isolated: take(lastSixteenth, vpc.prefix + LONGER_BY.isolated),
  };
}

/** Splits a replica region's small VPC into two subnets in two zones, which an RDS subnet group requires. */
export function splitReplicaNetwork(vpcCidr: string): readonly [string, string] {
  const vpc = parseCidr(vpcCidr);
  if (vpc === undefined || vpc.prefix > 27) throw new RangeError(`${vpcCidr} cannot be split`);
  return [formatCidr(childOf(vpc, vpc.prefix + 1, 0)), formatCidr(childOf(vpc, vpc.prefix + 1, 1))];
}
