/** A certificate for a list of names, validated by DNS, in one or several regions. */
import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import { Construct } from 'constructs';
import { expression } from '../../terraform/expression';
import { hostId, type DnsZone } from '../dns/dns-provider';

/** A region that needs the certificate. */
export interface CertificateRegion {
  /** Part of the Terraform address. */
  readonly id: string;
  /** @default the region of the stack */
  readonly region?: string;
}

export interface ValidatedCertificateProps {
  /** The names of the certificate; the first is its subject. No wildcards. */
  readonly names: readonly string[];
  /** The zone of the validation records. */
  readonly zone: DnsZone;
  /** At least one. */
  readonly regions: readonly CertificateRegion[];
}

/** The certificates and one set of validation records: ACM gives an account the same CNAME in every region. */
export class ValidatedCertificate extends Construct {
  /** The id of a region to the certificate's ARN, which is known once ACM has issued the certificate. */
  public readonly arns: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ValidatedCertificateProps,
  ) {
    super(scope, id);
    const certificates = props.regions.map((region) => ({ ...region, certificate: this.createCertificate(region) }));
    const [first] = certificates;
    const proofs = first === undefined ? [] : props.names.map((name) => this.createProof(first.certificate, name));
    this.arns = Object.fromEntries(
      certificates.map((entry) => [entry.id, this.createValidation(entry, entry.certificate, proofs)] as const),
    );
  }

  /** A certificate cannot be changed: a new one is created before load balancers release the old one. */
  private createCertificate({ id, region }: CertificateRegion): AcmCertificate {
    const [subject, ...others] = this.props.names;
    return new AcmCertificate(this, id, {
      region,
      domainName: subject,
      subjectAlternativeNames: others,
      validationMethod: 'DNS',
      options: { certificateTransparencyLoggingPreference: 'ENABLED' },
      lifecycle: { createBeforeDestroy: true },
    });
  }

  /** Selected by name, because the options are a set: it has no order, and `for_each` cannot use values unknown before apply. */
  private createProof(certificate: AcmCertificate, name: string): string {
    const option = (attribute: string) =>
      expression(
        `trimsuffix(one([for option in aws_acm_certificate.${certificate.friendlyUniqueId}.domain_validation_options : option.${attribute} if option.domain_name == "${name}"]), ".")`,
      );
    return this.props.zone.addValidation(this, `proof-${hostId(name)}`, {
      name: option('resource_record_name'),
      target: option('resource_record_value'),
    });
  }

  private createValidation({ id, region }: CertificateRegion, certificate: AcmCertificate, proofs: string[]): string {
    return new AcmCertificateValidation(this, `${id}-issued`, {
      region,
      certificateArn: certificate.arn,
      validationRecordFqdns: proofs,
    }).certificateArn;
  }
}
