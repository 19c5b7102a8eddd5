/** A certificate for all names of an environment, validated by DNS, in one or two regions. */
import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import { Construct } from 'constructs';
import { EDGE_REGION } from '../../config/tables/regions';
import { hostId, type DnsZone } from '../dns/dns-provider';

export interface ValidatedCertificateProps {
  /** The names of the certificate; the first is its subject. No wildcards. */
  readonly names: readonly string[];
  /** The zone of the validation records. */
  readonly zone: DnsZone;
  /** The region of load balancers. */
  readonly region: string;
  /** Whether CloudFront needs it too; in us-east-1 the regional certificate serves both. */
  readonly edge: boolean;
}

/** The certificates and one set of validation records: ACM gives an account the same CNAME in every region. */
export class ValidatedCertificate extends Construct {
  /** Known once ACM has issued the certificate. */
  public readonly arn: string;
  /** The same in us-east-1. */
  public readonly edgeArn?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ValidatedCertificateProps,
  ) {
    super(scope, id);
    const regional = this.createCertificate('regional');
    const proofs = props.names.map((name) => this.createProof(regional, name));
    this.arn = this.createValidation('regional', regional, proofs);
    if (!props.edge) return;
    this.edgeArn =
      props.region === EDGE_REGION
        ? this.arn
        : this.createValidation('edge', this.createCertificate('edge', EDGE_REGION), proofs, EDGE_REGION);
  }

  /** A certificate cannot be changed: a new one is created before load balancers release the old one. */
  private createCertificate(id: string, region?: string): AcmCertificate {
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
      `\${trimsuffix(one([for option in ${certificate.fqn}.domain_validation_options : option.${attribute} if option.domain_name == "${name}"]), ".")}`;
    return this.props.zone.addValidation(this, `proof-${hostId(name)}`, {
      name: option('resource_record_name'),
      target: option('resource_record_value'),
    });
  }

  private createValidation(id: string, certificate: AcmCertificate, proofs: string[], region?: string): string {
    return new AcmCertificateValidation(this, `${id}-issued`, {
      region,
      certificateArn: certificate.arn,
      validationRecordFqdns: proofs,
    }).certificateArn;
  }
}
