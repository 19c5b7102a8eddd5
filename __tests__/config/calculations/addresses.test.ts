/** CIDR arithmetic and the subnet plan: properties that hold for every network, not only for those we thought of. */
import fc from 'fast-check';
import {
  addressCount,
  childOf,
  contains,
  formatCidr,
  overlap,
  parseCidr,
  type Cidr,
} from '../../../src/config/calculations/cidr';
import {
  carveSubnets,
  LONGEST_CARVABLE_PREFIX,
  PLANNED_ZONES,
  splitReplicaNetwork,
} from '../../../src/config/calculations/subnets';

const network = (shortest: number, longest: number) =>
  fc.tuple(fc.integer({ min: shortest, max: longest }), fc.nat()).map(([prefix, index]): Cidr => ({
    prefix,
    base: (index % 2 ** prefix) * addressCount(prefix),
  }));

const parsed = (text: string): Cidr => {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`${text} is no network`);
  return cidr;
};

const subnetsOf = (plan: ReturnType<typeof carveSubnets>) => [...plan.public, ...plan.private, ...plan.isolated].map(parsed);

describe('CIDR arithmetic', () => {
  it('reads back what it writes, also above 128.0.0.0', () => {
    fc.assert(fc.property(network(0, 32), (cidr) => expect(parseCidr(formatCidr(cidr))).toEqual(cidr)));
    expect(formatCidr(parsed('192.168.128.0/17'))).toBe('192.168.128.0/17');
  });

  it.each(['10.0.0.1/16', '10.0.0.0/33', '10.0.0.256/32', '10.0.0.0', '10.0.0/8', ' 10.0.0.0/8', 'ten/8', ''])(
    'refuses %p',
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  it('cuts children that fill their parent without overlapping', () => {
    fc.assert(
      fc.property(network(0, 28), fc.integer({ min: 1, max: 4 }), (parent, bits) => {
        const children = Array.from({ length: 2 ** bits }, (_, index) => childOf(parent, parent.prefix + bits, index));
        expect(children.every((child) => contains(parent, child))).toBe(true);
        expect(children.slice(1).every((child, index) => !overlap(child, children[index] as Cidr))).toBe(true);
        expect(children.length * addressCount(parent.prefix + bits)).toBe(addressCount(parent.prefix));
      }),
    );
  });

  it('calls two networks overlapping exactly when one contains the other', () => {
    fc.assert(
      fc.property(network(0, 32), network(0, 32), (one, other) => {
        expect(overlap(one, other)).toBe(contains(one, other) || contains(other, one));
        expect(overlap(one, other)).toBe(overlap(other, one));
      }),
    );
    expect(overlap(parsed('10.0.0.0/16'), parsed('10.0.255.0/24'))).toBe(true);
    expect(overlap(parsed('10.0.0.0/16'), parsed('10.1.0.0/16'))).toBe(false);
  });
});

describe('the subnet plan', () => {
  const carvable = network(16, LONGEST_CARVABLE_PREFIX);
  const zones = fc.integer({ min: 1, max: PLANNED_ZONES });

  it('keeps every subnet inside the VPC and apart from the others', () => {
    fc.assert(
      fc.property(carvable, zones, (vpc, count) => {
        const subnets = subnetsOf(carveSubnets(formatCidr(vpc), count));
        expect(subnets).toHaveLength(3 * count);
        expect(subnets.every((subnet) => contains(vpc, subnet))).toBe(true);
        subnets.forEach((one, index) => subnets.slice(index + 1).forEach((other) => expect(overlap(one, other)).toBe(false)));
      }),
    );
  });

  it('moves no subnet when a zone is added', () => {
    fc.assert(
      fc.property(carvable, fc.integer({ min: 1, max: PLANNED_ZONES - 1 }), (vpc, count) => {
        const [fewer, more] = [carveSubnets(formatCidr(vpc), count), carveSubnets(formatCidr(vpc), count + 1)];
        for (const kind of ['public', 'private', 'isolated'] as const) expect(more[kind].slice(0, count)).toEqual(fewer[kind]);
      }),
    );
  });

  it('gives private subnets the most addresses and never makes a subnet smaller than AWS does', () => {
    fc.assert(
      fc.property(carvable, (vpc) => {
        const plan = carveSubnets(formatCidr(vpc), PLANNED_ZONES);
        const prefixes = [plan.private, plan.public, plan.isolated].map(([first]) => parsed(first ?? '').prefix);
        expect(prefixes).toEqual([vpc.prefix + 2, vpc.prefix + 4, vpc.prefix + 6]);
        expect(Math.max(...prefixes)).toBeLessThanOrEqual(28);
      }),
    );
  });

  it('is the plan that the picture in the file draws', () => {
    expect(carveSubnets('10.0.0.0/16', 3)).toEqual({
      private: ['10.0.0.0/18', '10.0.64.0/18', '10.0.128.0/18'],
      public: ['10.0.192.0/20', '10.0.208.0/20', '10.0.224.0/20'],
      isolated: ['10.0.240.0/22', '10.0.244.0/22', '10.0.248.0/22'],
    });
  });

  it('refuses a VPC that is too small or no network', () => {
    expect(() => carveSubnets('10.0.0.0/23', 3)).toThrow(RangeError);
    expect(() => carveSubnets('10.0.0.1/16', 3)).toThrow(RangeError);
  });

  it('splits a replica network into two halves', () => {
    expect(splitReplicaNetwork('10.100.0.0/24')).toEqual(['10.100.0.0/25', '10.100.0.128/25']);
    expect(() => splitReplicaNetwork('10.100.0.0/28')).toThrow(RangeError);
  });
});
