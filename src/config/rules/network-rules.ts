/** Rules about addresses: sizes and overlaps. */
import { contains, isPrivate, overlap, parseCidr, PRIVATE_RANGES, type Cidr } from '../calculations/cidr';
import { LONGEST_CARVABLE_PREFIX } from '../calculations/subnets';
import { zoneCountOf } from './located';
import { findingIf, pairs } from './finding';
import { defineRule, type Finding, type Rule } from './rule';
import type { ParsedEnvironment } from '../schema/environment';

type Network = ParsedEnvironment['network'];

/** The sizes that AWS allows for a VPC and a subnet. Source: Amazon VPC user guide, "VPC CIDR blocks" and "Subnet CIDR blocks". */
const LARGEST_PREFIX = 16;
const SMALLEST_PREFIX = 28;

interface LocatedCidr {
  readonly path: string;
  readonly text: string;
  readonly cidr: Cidr;
}

function place(path: string, text: string): readonly LocatedCidr[] {
  const cidr = parseCidr(text);
  return cidr === undefined ? [] : [{ path, text, cidr }];
}

function subnetsOf({ subnets }: Network): readonly LocatedCidr[] {
  return Object.entries(subnets ?? {}).flatMap(([kind, list]) =>
    list.flatMap((text, index) => place(`network.subnets.${kind}[${index}]`, text)),
  );
}

const vpcSize = defineRule({
  id: 'vpc-size',
  severity: 'refusal',
  summary: 'The VPC is between /16 and /28, which is what AWS allows.',
  reads: ['network'],
  check: ({ network }) =>
    place('network.cidr', network.cidr).flatMap(({ path, text, cidr }) =>
      findingIf(
        cidr.prefix < LARGEST_PREFIX || cidr.prefix > SMALLEST_PREFIX,
        path,
        text,
        'a prefix length from /16 to /28',
        'choose for example "10.0.0.0/16"',
      ),
    ),
});

const vpcCarvable = defineRule({
  id: 'vpc-carvable',
  severity: 'refusal',
  summary: 'A VPC without explicit subnets is large enough (/22) to be carved into subnets.',
  reads: ['network'],
  check: ({ network }) =>
    place('network.cidr', network.cidr).flatMap(({ path, text, cidr }) => {
      const tooSmall = network.subnets === undefined && cidr.prefix > LONGEST_CARVABLE_PREFIX && cidr.prefix <= SMALLEST_PREFIX;
      return findingIf(
        tooSmall,
        path,
        text,
        `/16 to /${LONGEST_CARVABLE_PREFIX} when subnets are carved`,
        'choose a larger network, or list `network.subnets`',
      );
    }),
});

const vpcPrivate = defineRule({
  id: 'vpc-private-range',
  severity: 'risk',
  summary: 'The VPC uses private addresses: with public ones, the VPC cannot reach their owners on the internet.',
  reads: ['network'],
  check: ({ network }) =>
    place('network.cidr', network.cidr).flatMap(({ path, text, cidr }) =>
      findingIf(!isPrivate(cidr), path, text, `a part of ${PRIVATE_RANGES.join(', ')}`, 'choose for example "10.0.0.0/16"'),
    ),
});

const subnetCount = defineRule({
  id: 'subnet-count',
  severity: 'refusal',
  summary: 'Explicit subnet lists have one CIDR for each zone.',
  reads: ['network'],
  check: ({ network }) => {
    const wanted = zoneCountOf(network);
    return Object.entries(network.subnets ?? {}).flatMap(([kind, list]) =>
      findingIf(
        list.length !== wanted,
        `network.subnets.${kind}`,
        list,
        `${wanted} CIDRs, one for each zone of \`network.zones\``,
        'add or remove CIDRs, or change `network.zones`',
      ),
    );
  },
});

const subnetSize = defineRule({
  id: 'subnet-size',
  severity: 'refusal',
  summary: 'No subnet is smaller than /28, the smallest that AWS creates.',
  reads: ['network'],
  check: ({ network }) =>
    subnetsOf(network).flatMap(({ path, text, cidr }) =>
      findingIf(
        cidr.prefix > SMALLEST_PREFIX,
        path,
        text,
        'a prefix length from /16 to /28',
        'AWS reserves five addresses in each subnet; /24 is a usual size',
      ),
    ),
});

const subnetsInside = defineRule({
  id: 'subnets-inside-vpc',
  severity: 'refusal',
  summary: 'Every subnet is inside the VPC.',
  reads: ['network'],
  check: ({ network }) => {
    const vpc = parseCidr(network.cidr);
    return subnetsOf(network).flatMap(({ path, text, cidr }) =>
      findingIf(
        vpc !== undefined && !contains(vpc, cidr),
        path,
        text,
        `a network inside ${network.cidr}`,
        'move the subnet into the VPC, or widen `network.cidr`',
      ),
    );
  },
});

const subnetsDisjoint = defineRule({
  id: 'subnets-disjoint',
  severity: 'refusal',
  summary: 'No two subnets share addresses.',
  reads: ['network'],
  check: ({ network }) => overlapping(subnetsOf(network), 'give each subnet a separate range'),
});

/** Each overlap is reported at the later of the two. */
function overlapping(networks: readonly LocatedCidr[], fix: string): readonly Finding[] {
  return pairs(networks).flatMap(([one, other]) =>
    findingIf(
      overlap(one.cidr, other.cidr),
      other.path,
      other.text,
      `a network that does not overlap ${one.text} (${one.path})`,
      fix,
    ),
  );
}

export const NETWORK_RULES: readonly Rule[] = [
  vpcSize,
  vpcCarvable,
  vpcPrivate,
  subnetCount,
  subnetSize,
  subnetsInside,
  subnetsDisjoint,
];
