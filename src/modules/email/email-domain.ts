/** The domain that an environment sends e-mail from: its identity in SES, and the records by which receivers recognise it. */
import { Sesv2ConfigurationSet } from '@cdktf/provider-aws/lib/sesv2-configuration-set';
import { Sesv2EmailIdentity } from '@cdktf/provider-aws/lib/sesv2-email-identity';
import { Sesv2EmailIdentityMailFromAttributes } from '@cdktf/provider-aws/lib/sesv2-email-identity-mail-from-attributes';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedEmail } from '../../config/resolved/email';
import type { Region } from '../../config/tables/regions';
import { dkimDomain } from '../../config/tables/email-regions';
import { required } from '../../contracts/lookups';
import type { DnsProvider, PlainRecord } from '../dns/dns-provider';

/** How many keys SES signs with, by turns. Source: Amazon SES developer guide, "Easy DKIM in Amazon SES". */
const DKIM_KEYS = 3;

export interface EmailDomainProps {
  readonly email: ResolvedEmail;
  readonly region: Region;
  readonly dns: DnsProvider;
  readonly zoneId: string;
}

export class EmailDomain extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: EmailDomainProps,
  ) {
    super(scope, id);
    const identity = this.createIdentity(this.createConfigurationSet());
    this.createDkim(identity);
    this.createMailFrom(identity);
    this.createDmarc();
  }

  /** TLS to every receiver, and addresses that bounced or complained get nothing again. */
  private createConfigurationSet(): string {
    return new Sesv2ConfigurationSet(this, 'settings', {
      configurationSetName: this.props.email.configurationSet,
      deliveryOptions: { tlsPolicy: 'REQUIRE' },
      // Measured for this set: alarms watch its bounces and complaints.
      reputationOptions: { reputationMetricsEnabled: true },
      suppressionOptions: { suppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    }).configurationSetName;
  }

  /** Every message of the domain uses the configuration set, whether or not the application names it. */
  private createIdentity(configurationSetName: string): Sesv2EmailIdentity {
    return new Sesv2EmailIdentity(this, 'identity', {
      emailIdentity: this.props.email.domain,
      configurationSetName,
      dkimSigningAttributes: { nextSigningKeyLength: 'RSA_2048_BIT' },
    });
  }

  /** SES knows the names of the records once the identity is there. */
  private createDkim({ dkimSigningAttributes }: Sesv2EmailIdentity): void {
    const { email, region } = this.props;
    const target = required(dkimDomain(region), `a region in which SES sends: ${region}`);
    for (let index = 0; index < DKIM_KEYS; index += 1) {
      const token = Fn.element(dkimSigningAttributes.tokens, index) as string;
      this.createRecord(`dkim-${index + 1}`, {
        name: `${token}._domainkey.${email.domain}`,
        type: 'CNAME',
        content: `${token}.${target}`,
      });
    }
  }

  /** Without the MX record, SES goes on to send with its own MAIL FROM, which DKIM confirms alone. */
  private createMailFrom({ emailIdentity }: Sesv2EmailIdentity): void {
    const { email, region } = this.props;
    const name = email.mailFromDomain;
    this.createRecord('bounces', { name, type: 'MX', content: `feedback-smtp.${region}.amazonses.com`, priority: 10 });
    this.createRecord('spf', { name, type: 'TXT', content: 'v=spf1 include:amazonses.com ~all' });
    new Sesv2EmailIdentityMailFromAttributes(this, 'mail-from', {
      emailIdentity,
      mailFromDomain: name,
      behaviorOnMxFailure: 'USE_DEFAULT_VALUE',
    });
  }

  private createDmarc(): void {
    const { domain, dmarc } = this.props.email;
    if (dmarc === undefined) return;
    const reports = dmarc.reports === undefined ? [] : [`rua=mailto:${dmarc.reports}`];
    const content = ['v=DMARC1', `p=${dmarc.policy}`, ...reports].join('; ');
    this.createRecord('dmarc', { name: `_dmarc.${domain}`, type: 'TXT', content });
  }

  private createRecord(id: string, record: Omit<PlainRecord, 'zoneId'>): void {
    const { dns, zoneId } = this.props;
    dns.createRecord(this, id, { zoneId, ...record });
  }
}
