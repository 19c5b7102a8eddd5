/** The domain of e-mail: its identity, the records by which receivers recognise it, and where the records are. */
import type { ResolvedEmail } from '../../src/config/resolved/email';
import { CLOUDFLARE } from '../../src/modules/dns/cloudflare';
import { ROUTE53 } from '../../src/modules/dns/route53';
import { EmailDomain, type EmailDomainProps } from '../../src/modules/email/email-domain';
import { resourcesOf, synthModule, theOnly } from '../support/synth';

const email: ResolvedEmail = {
  domain: 'shop.example',
  mailFromDomain: 'bounce.shop.example',
  dmarc: { policy: 'quarantine', reports: 'dmarc@shop.example' },
  configurationSet: 'shop-test',
};

const made = (changes: Partial<EmailDomainProps> = {}) =>
  synthModule((stack) => {
    new EmailDomain(stack, 'email', { email, region: 'eu-west-1', dns: ROUTE53, zoneId: 'Z1', ...changes });
  });

const token = (index: number) =>
  `\${element(aws_sesv2_email_identity.email_identity.dkim_signing_attributes[0].tokens, ${index})}`;

describe('the domain of e-mail', () => {
  test('is an identity that signs with keys of 2048 bits and uses the settings by itself', () => {
    expect(theOnly(made(), 'aws_sesv2_email_identity')).toMatchObject({
      email_identity: 'shop.example',
      configuration_set_name: '${aws_sesv2_configuration_set.email_settings.configuration_set_name}',
      dkim_signing_attributes: { next_signing_key_length: 'RSA_2048_BIT' },
    });
  });

  test('is sent from with TLS only, never again to who bounced or complained, and measured', () => {
    expect(theOnly(made(), 'aws_sesv2_configuration_set')).toMatchObject({
      configuration_set_name: 'shop-test',
      delivery_options: { tls_policy: 'REQUIRE' },
      reputation_options: { reputation_metrics_enabled: true },
      suppression_options: { suppressed_reasons: ['BOUNCE', 'COMPLAINT'] },
    });
  });

  test('returns bounces to a name of its own, and goes on to send without it', () => {
    expect(theOnly(made(), 'aws_sesv2_email_identity_mail_from_attributes')).toMatchObject({
      email_identity: '${aws_sesv2_email_identity.email_identity.email_identity}',
      mail_from_domain: 'bounce.shop.example',
      behavior_on_mx_failure: 'USE_DEFAULT_VALUE',
    });
  });

  test('has the records of DKIM, SPF, bounces and DMARC in Route 53', () => {
    const records = made().resource?.aws_route53_record ?? {};
    const written = Object.fromEntries(
      Object.entries(records).map(([id, { zone_id, name, type, records: values }]) => [id, [zone_id, name, type, values]]),
    );
    const dkim = (index: number) => [
      'Z1',
      `${token(index)}._domainkey.shop.example`,
      'CNAME',
      [`${token(index)}.dkim.amazonses.com`],
    ];
    expect(written).toEqual({
      'email_dkim-1': dkim(0),
      'email_dkim-2': dkim(1),
      'email_dkim-3': dkim(2),
      email_bounces: ['Z1', 'bounce.shop.example', 'MX', ['10 feedback-smtp.eu-west-1.amazonses.com']],
      email_spf: ['Z1', 'bounce.shop.example', 'TXT', ['v=spf1 include:amazonses.com ~all']],
      email_dmarc: ['Z1', '_dmarc.shop.example', 'TXT', ['v=DMARC1; p=quarantine; rua=mailto:dmarc@shop.example']],
    });
  });

  test('has the same records at Cloudflare, in its notation and never proxied', () => {
    const records = made({ dns: CLOUDFLARE }).resource?.cloudflare_dns_record ?? {};
    expect(Object.keys(records).sort()).toEqual(
      ['bounces', 'dkim-1', 'dkim-2', 'dkim-3', 'dmarc', 'spf'].map((id) => `email_${id}`),
    );
    expect(records.email_bounces).toMatchObject({ type: 'MX', content: 'feedback-smtp.eu-west-1.amazonses.com', priority: 10 });
    expect(records.email_spf).toMatchObject({ type: 'TXT', content: '"v=spf1 include:amazonses.com ~all"' });
    expect(records['email_dkim-1']).toMatchObject({ type: 'CNAME', content: `${token(0)}.dkim.amazonses.com` });
    for (const record of Object.values(records)) expect(record.proxied).toBe(false);
  });

  test('leaves a DMARC record that exists as it is', () => {
    const names = resourcesOf(made({ email: { ...email, dmarc: undefined } }), 'aws_route53_record').map(({ name }) => name);
    expect(names).not.toContain('_dmarc.shop.example');
    expect(names).toContain('bounce.shop.example');
  });

  test('leads to the DKIM domain of its region, and is refused where SES does not send', () => {
    const targets = (region: EmailDomainProps['region']) =>
      resourcesOf(made({ region }), 'aws_route53_record').flatMap(({ type, records }) => (type === 'CNAME' ? records : []));
    expect(targets('eu-south-1')[0]).toBe(`${token(0)}.dkim.eu-south-1.amazonses.com`);
    expect(() => made({ region: 'ap-east-1' })).toThrow(/ap-east-1/);
  });
});
