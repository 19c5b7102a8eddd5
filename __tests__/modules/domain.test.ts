/** Zones of two providers behind one interface, and certificates that prove themselves. */
import { CloudflareProvider } from '@cdktf/provider-cloudflare/lib/provider';
import { DnsRecord } from '@cdktf/provider-cloudflare/lib/dns-record';
import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Testing } from 'cdktf';
import type { Construct } from 'constructs';
import { CloudflareZone } from '../../src/modules/domain/cloudflare-zone';
import { hostId, type DnsZone, type DnsZoneProps } from '../../src/modules/domain/dns-zone';
import { Route53Zone } from '../../src/modules/domain/route53-zone';
import { ValidatedCertificate, type ValidatedCertificateProps } from '../../src/modules/domain/validated-certificate';
import { resourcesOf, synthModule, theOnly, type RootModule } from '../support/synth';

const existing: DnsZoneProps = { name: 'shop.example', source: 'existing', comment: 'shop-test', protect: false };
const created: DnsZoneProps = { ...existing, source: 'create' };

const route53 = (props: DnsZoneProps, use?: (zone: DnsZone) => void): RootModule =>
  synthModule((stack) => {
    const zone = new Route53Zone(stack, 'zone', props);
    use?.(zone);
  });

const cloudflare = (props: DnsZoneProps, use?: (zone: DnsZone) => void): RootModule =>
  synthModule((stack) => {
    new CloudflareProvider(stack, 'cloudflare');
    const zone = new CloudflareZone(stack, 'zone', { ...props, accountId: '0123456789abcdef0123456789abcdef' });
    use?.(zone);
  });

const otherNameServers = ['ns-1.example.net', 'ns-2.example.net', 'ns-3.example.net', 'ns-4.example.net'];

describe('a Route 53 zone', () => {
  it('is looked up among the public zones when it exists, and nothing is made', () => {
    const module = route53(existing);
    expect(module.data?.aws_route53_zone?.zone_found).toMatchObject({ name: 'shop.example', private_zone: false });
    expect(module.resource).toBeUndefined();
  });

  it('is made when asked for, and kept only where the environment protects its data', () => {
    const open = theOnly(route53(created), 'aws_route53_zone');
    expect(open).toMatchObject({ name: 'shop.example', comment: 'shop-test', force_destroy: false });
    expect(open.lifecycle).toBeUndefined();
    expect(theOnly(route53({ ...created, protect: true }), 'aws_route53_zone').lifecycle).toEqual({ prevent_destroy: true });
  });

  it('names the authorities that may certify it in one record set at its apex', () => {
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

  it('delegates with one record set that holds all name servers', () => {
    const record = theOnly(
      route53(existing, (zone) => zone.delegate('aws.shop.example', otherNameServers)),
      'aws_route53_record',
    );
    expect(record).toMatchObject({ name: 'aws.shop.example', type: 'NS', records: otherNameServers });
  });
});

describe('a Cloudflare zone', () => {
  it('is looked up by name, and its id is read from the attribute that a lookup by name fills', () => {
    const module = cloudflare(existing, (zone) => zone.addCertificateAuthorities(['amazon.com']));
    expect(module.data?.cloudflare_zone?.zone_found).toMatchObject({ filter: { name: 'shop.example' } });
    expect(theOnly(module, 'cloudflare_dns_record').zone_id).toBe('${data.cloudflare_zone.zone_found.zone_id}');
  });

  it('is made in the account given, and kept where the environment protects its data', () => {
    const zone = theOnly(cloudflare({ ...created, protect: true }), 'cloudflare_zone');
    expect(zone).toMatchObject({
      name: 'shop.example',
      type: 'full',
      account: { id: '0123456789abcdef0123456789abcdef' },
      lifecycle: { prevent_destroy: true },
    });
  });

  it('holds no token: the provider reads it from the shell', () => {
    expect(cloudflare(existing).provider.cloudflare).toEqual([{}]);
  });

  it('names each authority in a record of its own, with a numeric flag', () => {
    const records = resourcesOf(
      cloudflare(existing, (zone) => zone.addCertificateAuthorities(['amazon.com', 'letsencrypt.org'])),
      'cloudflare_dns_record',
    );
    expect(records.map(({ type, name, data }) => ({ type, name, data }))).toEqual([
      { type: 'CAA', name: 'shop.example', data: { flags: 0, tag: 'issue', value: 'amazon.com' } },
      { type: 'CAA', name: 'shop.example', data: { flags: 0, tag: 'issue', value: 'letsencrypt.org' } },
    ]);
  });

  it('delegates to a Route 53 zone with one record for each of its four name servers', () => {
    const module = cloudflare(existing, (zone) => {
      const delegated = new Route53Zone(zone as unknown as Construct, 'delegated', { ...created, name: 'aws.shop.example' });
      zone.delegate('aws.shop.example', delegated.nameServers);
    });
    const records = resourcesOf(module, 'cloudflare_dns_record');
    expect(records.map(({ content }) => content)).toEqual(
      [0, 1, 2, 3].map((index) => `\${element(aws_route53_zone.zone_delegated_created.name_servers, ${index})}`),
    );
    expect(records.every(({ type, name }) => type === 'NS' && name === 'aws.shop.example')).toBe(true);
  });
});

describe('a certificate', () => {
  const names = ['shop.example', 'api.shop.example'];
  const certificate = (
    changes: Partial<ValidatedCertificateProps> = {},
    make = Route53Zone as new (s: Construct, i: string, p: DnsZoneProps) => DnsZone,
  ) =>
    synthModule((stack) => {
      const zone = new make(stack, 'zone', existing);
      const made = new ValidatedCertificate(stack, 'certificate', { names, zone, region: 'eu-west-1', edge: false, ...changes });
      stack.addOutput('arn', 'regional', made.arn);
      if (made.edgeArn !== undefined) stack.addOutput('edge_arn', 'edge', made.edgeArn);
    });

  it('stands for every name, is proven by DNS and replaced without a gap', () => {
    expect(theOnly(certificate(), 'aws_acm_certificate')).toMatchObject({
      domain_name: 'shop.example',
      subject_alternative_names: ['api.shop.example'],
      validation_method: 'DNS',
      lifecycle: { create_before_destroy: true },
    });
  });

  it('has one proof a name, picked by name and not by position', () => {
    const module = certificate();
    const records = module.resource?.aws_route53_record ?? {};
    expect(Object.keys(records)).toEqual(['certificate_proof-api-shop-example', 'certificate_proof-shop-example']);
    expect(records['certificate_proof-api-shop-example']).toMatchObject({
      type: 'CNAME',
      allow_overwrite: true,
      name: '${trimsuffix(one([for option in aws_acm_certificate.certificate_regional.domain_validation_options : option.resource_record_name if option.domain_name == "api.shop.example"]), ".")}',
      records: [
        '${trimsuffix(one([for option in aws_acm_certificate.certificate_regional.domain_validation_options : option.resource_record_value if option.domain_name == "api.shop.example"]), ".")}',
      ],
    });
    expect(theOnly(module, 'aws_acm_certificate_validation').validation_record_fqdns).toEqual([
      '${aws_route53_record.certificate_proof-shop-example.fqdn}',
      '${aws_route53_record.certificate_proof-api-shop-example.fqdn}',
    ]);
  });

  it('is handed on only when it is issued', () => {
    expect(certificate().output?.arn?.value).toBe(
      '${aws_acm_certificate_validation.certificate_regional-issued.certificate_arn}',
    );
  });

  it('has a twin in us-east-1 for CloudFront, proven by the same records', () => {
    const module = certificate({ edge: true });
    const { certificate_regional: regional, certificate_edge: edge } = module.resource?.aws_acm_certificate ?? {};
    expect(regional?.region).toBeUndefined();
    expect(edge).toMatchObject({ region: 'us-east-1', domain_name: 'shop.example' });
    expect(resourcesOf(module, 'aws_route53_record')).toHaveLength(2);
    const issued = module.resource?.aws_acm_certificate_validation ?? {};
    expect(issued['certificate_edge-issued']).toMatchObject({ region: 'us-east-1' });
    expect(issued['certificate_edge-issued']?.validation_record_fqdns).toEqual(
      issued['certificate_regional-issued']?.validation_record_fqdns,
    );
    expect(module.output?.edge_arn?.value).toContain('certificate_edge-issued');
  });

  it('has no twin where nobody asks for one, nor where the region is us-east-1 already', () => {
    expect(certificate().output?.edge_arn).toBeUndefined();
    const module = certificate({ edge: true, region: 'us-east-1' });
    expect(resourcesOf(module, 'aws_acm_certificate')).toHaveLength(1);
    expect(module.output?.edge_arn?.value).toBe(module.output?.arn?.value);
  });

  it('is proven in Cloudflare by records that are not proxied', () => {
    const synthesised = Testing.synthScope((scope) => {
      const zone = new CloudflareZone(scope, 'zone', existing);
      new ValidatedCertificate(scope, 'certificate', { names, zone, region: 'eu-west-1', edge: false });
    });
    expect(synthesised).toHaveResourceWithProperties(AcmCertificate, { domain_name: 'shop.example' });
    expect(synthesised).toHaveResourceWithProperties(DnsRecord, { type: 'CNAME', proxied: false, ttl: 300 });
    expect(synthesised).not.toHaveResource(Route53Record);
  });
});

describe('a host name in a construct id', () => {
  it('is readable', () => expect(hostId('api.shop.example')).toBe('api-shop-example'));

  it('does not meet another name', () => {
    const names = ['a-b.example', 'a.b.example', 'a-b-example', 'a.b-example'];
    expect(new Set(names.map(hostId)).size).toBe(names.length);
  });
});
