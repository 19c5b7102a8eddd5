/** The domain stack with each provider: zones looked up, created and delegated. */
import { recordZone } from '../../src/config/calculations/record-zone';
import type { OwnDomain } from '../../src/config/resolved/domain';
import type { Region } from '../../src/config/tables/regions';
import { DomainStack } from '../../src/stacks/domain-stack';
import { resourcesOf, synthApp, theOnly, type RootModule } from '../support/synth';

const domain: OwnDomain = {
  kind: 'own',
  zone: 'shop.example',
  provider: 'route53',
  zoneSource: 'existing',
  names: ['shop.example', 'api.shop.example'],
  certificateNames: ['shop.example', 'api.shop.example'],
  regionalCertificate: true,
  edgeCertificate: false,
  certificateAuthorities: ['amazon.com'],
};

function stackOf(changes: Partial<OwnDomain>, protect = false, region: Region = 'eu-west-1'): RootModule {
  const stacks = synthApp((app) => {
    new DomainStack(app, {
      stack: {
        state: { backend: { kind: 'local' }, stackId: 'shop-test-domain', stateKey: 'test/domain/terraform.tfstate' },
        region,
        account: '123456789012',
        tags: {},
      },
      identity: {
        system: 'shop',
        environment: 'shop-test',
        shortName: 'test',
        path: '/shop/test',
        region,
        tags: {},
      },
      protect,
      domain: { ...domain, ...changes },
    });
  });
  return stacks['shop-test-domain'] as RootModule;
}

describe('a domain in Route 53', () => {
  it('publishes the zone and the issued certificate, and needs no other provider', () => {
    const module = stackOf({});
    expect(module.output).toEqual({
      zone_id: { value: '${data.aws_route53_zone.zone_found.zone_id}' },
      certificate_arn: { value: '${aws_acm_certificate_validation.certificate_regional-issued.certificate_arn}' },
    });
    expect(Object.keys(module.provider)).toEqual(['aws']);
  });

  it('publishes the certificate of us-east-1 only when CloudFront uses it', () => {
    expect(stackOf({ edgeCertificate: true }).output?.edge_certificate_arn?.value).toContain('certificate_edge-issued');
    expect(stackOf({}).output).not.toHaveProperty('edge_certificate_arn');
  });

  it('has one certificate in us-east-1, for load balancers and CloudFront', () => {
    const module = stackOf({ edgeCertificate: true }, false, 'us-east-1');
    expect(resourcesOf(module, 'aws_acm_certificate')).toHaveLength(1);
    expect(module.output?.edge_certificate_arn).toEqual(module.output?.certificate_arn);
  });

  it('has no certificate and no validation record where nothing uses one: ACM would not renew it', () => {
    const module = stackOf({ regionalCertificate: false });
    expect(Object.keys(module.output ?? {})).toEqual(['zone_id']);
    expect(resourcesOf(module, 'aws_acm_certificate')).toEqual([]);
    expect(resourcesOf(module, 'aws_route53_record').map(({ type }) => type)).toEqual(['CAA']);
  });

  it('has the certificate of CloudFront alone where no load balancer uses one', () => {
    const module = stackOf({ regionalCertificate: false, edgeCertificate: true });
    expect(theOnly(module, 'aws_acm_certificate').region).toBe('us-east-1');
    expect(module.output).not.toHaveProperty('certificate_arn');
    expect(module.output?.edge_certificate_arn?.value).toContain('certificate_edge-issued');
  });

  it('lists the name servers of a zone that it creates, and only of such a zone', () => {
    const servers = stackOf({ zoneSource: 'create' }).output?.name_servers;
    expect(servers?.value).toBe('${join(", ", aws_route53_zone.zone_created.name_servers)}');
    expect(servers?.description).toContain('registrar of shop.example');
    expect(stackOf({}).output).not.toHaveProperty('name_servers');
  });

  it('protects a zone that it created with `protect`', () => {
    expect(theOnly(stackOf({ zoneSource: 'create' }, true), 'aws_route53_zone').lifecycle).toEqual({ prevent_destroy: true });
    expect(theOnly(stackOf({ zoneSource: 'create' }), 'aws_route53_zone').lifecycle).toBeUndefined();
  });

  it('delegates a zone from another Route 53 zone', () => {
    const records = stackOf({ delegatedZone: 'test.shop.example' }).resource?.aws_route53_record ?? {};
    expect(records.zone_delegation).toMatchObject({
      type: 'NS',
      name: 'test.shop.example',
      zone_id: '${data.aws_route53_zone.zone_found.zone_id}',
      records: '${aws_route53_zone.delegated_created.name_servers}',
    });
    expect(records.delegated_caa).toMatchObject({
      name: 'test.shop.example',
      zone_id: '${aws_route53_zone.delegated_created.zone_id}',
    });
    expect(records).not.toHaveProperty('zone_caa');
  });
});

describe('a domain in Cloudflare', () => {
  it('writes validation and CAA records there and publishes the Cloudflare zone', () => {
    const module = stackOf({ provider: 'cloudflare' });
    expect(Object.keys(module.provider).sort()).toEqual(['aws', 'cloudflare']);
    expect(module.resource).not.toHaveProperty('aws_route53_record');
    expect(
      resourcesOf(module, 'cloudflare_dns_record')
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['CAA', 'CNAME', 'CNAME']);
    expect(module.output?.zone_id?.value).toBe('${data.cloudflare_zone.zone_found.zone_id}');
  });

  it('creates a zone in the given account and lists its name servers', () => {
    const module = stackOf({
      provider: 'cloudflare',
      zoneSource: 'create',
      cloudflareAccountId: '0123456789abcdef0123456789abcdef',
    });
    expect(theOnly(module, 'cloudflare_zone').account).toEqual({ id: '0123456789abcdef0123456789abcdef' });
    expect(module.output?.name_servers?.value).toContain('cloudflare_zone.zone_created.name_servers');
  });

  it('delegates to Route 53, which has all other records: only NS records stay in Cloudflare', () => {
    const module = stackOf({ provider: 'cloudflare', delegatedZone: 'aws.shop.example' });
    expect(resourcesOf(module, 'cloudflare_dns_record').map(({ type }) => type)).toEqual(['NS', 'NS', 'NS', 'NS']);
    expect(
      resourcesOf(module, 'aws_route53_record')
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['CAA', 'CNAME', 'CNAME']);
    expect(module.output?.zone_id?.value).toBe('${aws_route53_zone.delegated_created.zone_id}');
  });
});

describe('the zone of the records', () => {
  it('is the delegated one, in Route 53, or else the zone itself', () => {
    expect(recordZone({ ...domain, provider: 'cloudflare' })).toEqual({ name: 'shop.example', provider: 'cloudflare' });
    expect(recordZone({ ...domain, provider: 'cloudflare', delegatedZone: 'aws.shop.example' })).toEqual({
      name: 'aws.shop.example',
      provider: 'route53',
    });
  });
});
