/** DNS providers behind one interface: zones that are looked up, created and delegated, and records that serve. */
import type { Construct } from 'constructs';
import { CLOUDFLARE } from '../../src/modules/dns/cloudflare';
import {
  hostId,
  type Destination,
  type DnsProvider,
  type DnsZone,
  type DnsZoneProps,
  type WeightedDestination,
} from '../../src/modules/dns/dns-provider';
import { ROUTE53 } from '../../src/modules/dns/route53';
import { resourcesOf, synthModule, theOnly, type RootModule } from '../support/synth';

const existing: DnsZoneProps = { name: 'shop.example', source: 'existing', comment: 'shop-test', protect: false };
const created: DnsZoneProps = { ...existing, source: 'create' };

const zoneOf =
  (provider: DnsProvider) =>
  (props: DnsZoneProps, use?: (zone: DnsZone) => void): RootModule =>
    synthModule((stack) => {
      const zone = provider.createZone(stack, 'zone', props);
      use?.(zone);
    });
const route53 = zoneOf(ROUTE53);
const cloudflare = zoneOf(CLOUDFLARE);

const otherNameServers = ['ns-1.example.net', 'ns-2.example.net', 'ns-3.example.net', 'ns-4.example.net'];

describe('a Route 53 zone', () => {
  it('is looked up among the public zones when it exists, and nothing is created', () => {
    const module = route53(existing);
    expect(module.data?.aws_route53_zone?.zone_found).toMatchObject({ name: 'shop.example', private_zone: false });
    expect(module.resource).toBeUndefined();
  });

  it('is created when configured, and protected from destruction only with `protect`', () => {
    const open = theOnly(route53(created), 'aws_route53_zone');
    expect(open).toMatchObject({ name: 'shop.example', comment: 'shop-test', force_destroy: false });
    expect(open.lifecycle).toBeUndefined();
    expect(theOnly(route53({ ...created, protect: true }), 'aws_route53_zone').lifecycle).toEqual({ prevent_destroy: true });
  });

  it('lists the certificate authorities in one record set at its apex', () => {
    const record = theOnly(
      route53(existing, (zone) => zone.addCertificateAuthorities(['amazon.com', 'letsencrypt.org'])),
      'aws_route53_record',
    );
    expect(record).toMatchObject({
      name: 'shop.example',
      type: 'CAA',
      records: ['0 issue "amazon.com"', '0 issue "letsencrypt.org"'],
      zone_id: '${data.aws_route53_zone.zone_found.zone_id}',
    });
  });

  it('writes no CAA record without authorities', () => {
    expect(route53(existing, (zone) => zone.addCertificateAuthorities([])).resource).toBeUndefined();
  });

  it('delegates by one record set with all name servers', () => {
    const record = theOnly(
      route53(existing, (zone) => zone.delegate('aws.shop.example', otherNameServers)),
      'aws_route53_record',
    );
    expect(record).toMatchObject({ name: 'aws.shop.example', type: 'NS', records: otherNameServers });
  });
});

describe('a Cloudflare zone', () => {
  it('is looked up by name, and its id is read from the attribute that a look-up by name fills', () => {
    const module = cloudflare(existing, (zone) => zone.addCertificateAuthorities(['amazon.com']));
    expect(module.data?.cloudflare_zone?.zone_found).toMatchObject({ filter: { name: 'shop.example' } });
    expect(theOnly(module, 'cloudflare_dns_record').zone_id).toBe('${data.cloudflare_zone.zone_found.zone_id}');
  });

  it('is created in the given account, and protected from destruction with `protect`', () => {
    const providerAccountId = '0123456789abcdef0123456789abcdef';
    const zone = theOnly(cloudflare({ ...created, providerAccountId, protect: true }), 'cloudflare_zone');
    expect(zone).toMatchObject({
      name: 'shop.example',
      type: 'full',
      account: { id: providerAccountId },
      lifecycle: { prevent_destroy: true },
    });
  });

  it('has no token in its configuration: the provider reads it from the shell', () => {
    expect(cloudflare(existing).provider.cloudflare).toEqual([{}]);
    expect(cloudflare(existing).terraform.required_providers.cloudflare.version).toBe('>= 5.15.0, < 6.0.0');
  });

  it('has its Terraform provider once in a stack, however many zones and records there are', () => {
    const module = synthModule((stack) => {
      for (const id of ['one', 'two']) CLOUDFLARE.createZone(stack, id, existing);
    });
    expect(module.provider.cloudflare).toHaveLength(1);
    expect(route53(existing).provider).not.toHaveProperty('cloudflare');
  });

  it('lists each authority in a separate record, with a numeric flag', () => {
    const records = resourcesOf(
      cloudflare(existing, (zone) => zone.addCertificateAuthorities(['amazon.com', 'letsencrypt.org'])),
      'cloudflare_dns_record',
    );
    expect(records.map(({ type, name, data }) => ({ type, name, data }))).toEqual([
      { type: 'CAA', name: 'shop.example', data: { flags: 0, tag: 'issue', value: 'amazon.com' } },
      { type: 'CAA', name: 'shop.example', data: { flags: 0, tag: 'issue', value: 'letsencrypt.org' } },
    ]);
  });

  it('delegates to a Route 53 zone by one record for each of its four name servers', () => {
    const module = cloudflare(existing, (zone) => {
      const delegated = ROUTE53.createZone(zone as unknown as Construct, 'delegated', { ...created, name: 'aws.shop.example' });
      zone.delegate('aws.shop.example', delegated.nameServers);
    });
    const records = resourcesOf(module, 'cloudflare_dns_record');
    expect(records.map(({ content }) => content)).toEqual(
      [0, 1, 2, 3].map((index) => `\${element(aws_route53_zone.zone_delegated_created.name_servers, ${index})}`),
    );
    expect(records.every(({ type, name }) => type === 'NS' && name === 'aws.shop.example')).toBe(true);
  });
});

const host: Destination = { kind: 'address', address: '203.0.113.7' };
const balancer: Destination = { kind: 'aws', dnsName: 'lb.aws', hostedZoneId: 'ZLB', ipv6: false, followsHealth: true };
const distribution: Destination = {
  kind: 'aws',
  dnsName: 'd1.cloudfront.net',
  hostedZoneId: 'ZCF',
  ipv6: true,
  followsHealth: false,
};
const shares = (box: number): readonly WeightedDestination[] => [
  { id: 'box', destination: host, percent: box },
  { id: 'fargate', destination: balancer, percent: 100 - box },
];

const served = (provider: DnsProvider, list: readonly WeightedDestination[], proxied: boolean) =>
  synthModule((stack) => {
    provider.createServingRecords(stack, 'record', { zoneId: 'Z1', name: 'shop.example', shares: list, proxied });
  });
const weighted = (list: readonly WeightedDestination[]) => served(ROUTE53, list, false).resource?.aws_route53_record;
const single = (list: readonly WeightedDestination[], proxied = true) =>
  theOnly(served(CLOUDFLARE, list, proxied), 'cloudflare_dns_record');

describe('records in Route 53', () => {
  test('lead to a host by its address, to a load balancer by an alias that evaluates its health', () => {
    expect(weighted(shares(50))).toMatchObject({
      'record-box': { type: 'A', records: ['203.0.113.7'], ttl: 60 },
      'record-fargate': { type: 'A', alias: { name: 'lb.aws', zone_id: 'ZLB', evaluate_target_health: true } },
    });
  });

  test('lead to a distribution on IPv6 too', () => {
    const records = weighted([{ id: 'cdn', destination: distribution, percent: 100 }]);
    expect(Object.values(records ?? {}).map(({ type }) => type)).toEqual(['A', 'AAAA']);
  });

  test('are weighted even when single: Route 53 refuses a weighted record next to a plain one', () => {
    const records = weighted([{ id: 'box', destination: host, percent: 100 }]);
    expect(records?.['record-box']).toMatchObject({ set_identifier: 'box', weighted_routing_policy: { weight: 100 } });
  });

  test('change nothing but their weights in a switch and in the switch back', () => {
    const without = (records: ReturnType<typeof weighted>) =>
      Object.entries(records ?? {}).map(([id, { weighted_routing_policy: _weight, ...rest }]) => [id, rest]);
    expect(without(weighted(shares(0)))).toEqual(without(weighted(shares(100))));
    const weights = (box: number) =>
      Object.values(weighted(shares(box)) ?? {}).map((record) => record.weighted_routing_policy.weight);
    expect([weights(100), weights(30), weights(0)]).toEqual([
      [100, 0],
      [30, 70],
      [0, 100],
    ]);
  });
});

describe('records in Cloudflare', () => {
  test('lead to the larger share: to a host by its address, to a load balancer by its name', () => {
    expect(single(shares(100))).toMatchObject({ name: 'shop.example', type: 'A', content: '203.0.113.7' });
    expect(single(shares(0))).toMatchObject({ name: 'shop.example', type: 'CNAME', content: 'lb.aws' });
  });

  test('have an automatic time to live behind the proxy, and a short one without', () => {
    expect(single(shares(0))).toMatchObject({ proxied: true, ttl: 1 });
    expect(single(shares(0), false)).toMatchObject({ proxied: false, ttl: 60 });
  });
});

describe('a host name in a construct id', () => {
  it('is readable', () => expect(hostId('api.shop.example')).toBe('api-shop-example'));

  it('is unique for each name', () => {
    const names = ['a-b.example', 'a.b.example', 'a-b-example', 'a.b-example'];
    expect(new Set(names.map(hostId)).size).toBe(names.length);
  });
});
