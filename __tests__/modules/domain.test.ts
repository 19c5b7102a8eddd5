/** Certificates that are validated by DNS, with both providers. */
import { DnsRecord } from '@cdktf/provider-cloudflare/lib/dns-record';
import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Testing } from 'cdktf';
import { CLOUDFLARE } from '../../src/modules/dns/cloudflare';
import type { DnsZoneProps } from '../../src/modules/dns/dns-provider';
import { ROUTE53 } from '../../src/modules/dns/route53';
import { ValidatedCertificate, type ValidatedCertificateProps } from '../../src/modules/domain/validated-certificate';
import { resourcesOf, synthModule, theOnly } from '../support/synth';

const existing: DnsZoneProps = { name: 'shop.example', source: 'existing', comment: 'shop-test', protect: false };

describe('a certificate', () => {
  const names = ['shop.example', 'api.shop.example'];
  const certificate = (changes: Partial<ValidatedCertificateProps> = {}) =>
    synthModule((stack) => {
      const zone = ROUTE53.createZone(stack, 'zone', existing);
      const made = new ValidatedCertificate(stack, 'certificate', { names, zone, regions: [{ id: 'regional' }], ...changes });
      for (const [region, arn] of Object.entries(made.arns)) stack.addOutput(region, region, arn);
    });

  it('has every name, is validated by DNS and replaced without a gap', () => {
    expect(theOnly(certificate(), 'aws_acm_certificate')).toMatchObject({
      domain_name: 'shop.example',
      subject_alternative_names: ['api.shop.example'],
      validation_method: 'DNS',
      options: { certificate_transparency_logging_preference: 'ENABLED' },
      lifecycle: { create_before_destroy: true },
    });
  });

  it('has one validation record per name, selected by name and not by position', () => {
    const module = certificate();
    const records = module.resource?.aws_route53_record ?? {};
    expect(Object.keys(records)).toEqual(['certificate_proof-api-shop-example', 'certificate_proof-shop-example']);
    expect(records['certificate_proof-api-shop-example']).toMatchObject({
      type: 'CNAME',
      allow_overwrite: true,
      ttl: 300,
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

  it('is published only once it is issued', () => {
    expect(certificate().output?.regional?.value).toBe(
      '${aws_acm_certificate_validation.certificate_regional-issued.certificate_arn}',
    );
  });

  it('has a second one in us-east-1 for CloudFront, validated by the same records', () => {
    const module = certificate({ regions: [{ id: 'regional' }, { id: 'edge', region: 'us-east-1' }] });
    const { certificate_regional: regional, certificate_edge: edge } = module.resource?.aws_acm_certificate ?? {};
    expect(regional?.region).toBeUndefined();
    expect(edge).toMatchObject({ region: 'us-east-1', domain_name: 'shop.example' });
    expect(resourcesOf(module, 'aws_route53_record')).toHaveLength(2);
    const issued = module.resource?.aws_acm_certificate_validation ?? {};
    expect(issued['certificate_edge-issued']).toMatchObject({ region: 'us-east-1' });
    expect(issued['certificate_edge-issued']?.validation_record_fqdns).toEqual(
      issued['certificate_regional-issued']?.validation_record_fqdns,
    );
    expect(module.output?.edge?.value).toContain('certificate_edge-issued');
  });

  it('is validated in Cloudflare by records that are not proxied', () => {
    const synthesised = Testing.synthScope((scope) => {
      const zone = CLOUDFLARE.createZone(scope, 'zone', existing);
      new ValidatedCertificate(scope, 'certificate', { names, zone, regions: [{ id: 'regional' }] });
    });
    expect(synthesised).toHaveResourceWithProperties(AcmCertificate, { domain_name: 'shop.example' });
    expect(synthesised).toHaveResourceWithProperties(DnsRecord, { type: 'CNAME', proxied: false, ttl: 300 });
    expect(synthesised).not.toHaveResource(Route53Record);
  });
});
