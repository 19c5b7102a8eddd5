/** Who reaches the host, and what it reaches. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { allWorkloads } from '../../../src/config/calculations/workloads';
import { CLOUDFLARE_IPV4 } from '../../../src/config/tables/cloudflare-ranges';
import { sharedDestinations } from '../../../src/modules/security-group/egress';
import { BoxSecurityGroup } from '../../../src/tiers/box/security-group';
import { boxed, boxOf, boxSection, moved } from '../../support/boxed';
import { networkHandover } from '../../support/handovers';
import { resourcesOf, synthModule } from '../../support/synth';

describe('the security group of the host', () => {
  function firewall(input: EnvironmentInput) {
    const environment = parseEnvironment(input);
    return synthModule((stack) => {
      new BoxSecurityGroup(stack, 'security', {
        environment: 'shop-test',
        box: boxOf(environment),
        network: networkHandover(environment),
        destinations: sharedDestinations(allWorkloads(environment.workloads)),
      });
    });
  }
  const rules = (input: EnvironmentInput, direction: 'ingress' | 'egress') =>
    resourcesOf(firewall(input), `aws_vpc_security_group_${direction}_rule`);
  const ports = (input: EnvironmentInput, direction: 'ingress' | 'egress') =>
    rules(input, direction)
      .map((rule) => `${rule.from_port ?? 'all'} ${rule.cidr_ipv4 ?? rule.referenced_security_group_id}`)
      .sort();

  test('admits the web from everywhere, and nothing on port 22', () => {
    expect(ports(boxed(), 'ingress')).toEqual(['443 0.0.0.0/0', '80 0.0.0.0/0']);
  });

  test('admits SSH from the listed networks only', () => {
    const box = boxSection({ sshCidrs: ['203.0.113.7/32', '198.51.100.0/24'] });
    expect(ports(boxed({ box }), 'ingress').filter((rule) => rule.startsWith('22 '))).toEqual([
      '22 198.51.100.0/24',
      '22 203.0.113.7/32',
    ]);
  });

  test('admits only Cloudflare if the origin is Cloudflare', () => {
    const domain = { ...boxed().domain!, provider: 'cloudflare' as const };
    const admitted = rules(
      boxed({ domain, edge: { cloudflare: { plan: 'free' } }, box: boxSection({ origin: 'cloudflare' }) }),
      'ingress',
    );
    expect(new Set(admitted.map(({ cidr_ipv4 }) => cidr_ipv4))).toEqual(new Set(CLOUDFLARE_IPV4));
    expect(admitted).toHaveLength(2 * CLOUDFLARE_IPV4.length);
    expect(new Set(admitted.map(({ from_port }) => from_port))).toEqual(new Set([80, 443]));
  });

  test('allows egress to the web only, or everything if the description says so', () => {
    expect(ports(boxed(), 'egress')).toEqual(['443 0.0.0.0/0', '80 0.0.0.0/0']);
    const everything = rules(boxed({ box: boxSection({ egress: 'all' }) }), 'egress');
    expect(everything).toEqual([expect.objectContaining({ ip_protocol: '-1', cidr_ipv4: '0.0.0.0/0' })]);
  });

  test('gives the host access to managed data, and no access if data is on the host', () => {
    expect(ports(moved(), 'ingress')).toEqual(
      expect.arrayContaining([
        '5432 ${aws_security_group.security_host_group.id}',
        '6379 ${aws_security_group.security_host_group.id}',
      ]),
    );
    expect(ports(boxed(), 'ingress').filter((rule) => rule.includes('security_group'))).toEqual([]);
  });

  test('no two rules have one address', () => {
    const domain = { ...boxed().domain!, provider: 'cloudflare' as const };
    expect(
      Object.keys(
        firewall(boxed({ domain, edge: { cloudflare: { plan: 'free' } }, box: boxSection({ origin: 'cloudflare' }) })).resource
          ?.aws_vpc_security_group_ingress_rule ?? {},
      ),
    ).toHaveLength(30);
  });
});
