/** The copied certificates are what they claim to be. */
import { X509Certificate } from 'node:crypto';
import { rdsCertificate } from '../../../src/config/tables/rds-certificates';
import { REGIONS } from '../../../src/config/tables/regions';

const known = REGIONS.filter((region) => rdsCertificate(region) !== undefined);

it('are there for every region but one', () =>
  expect(REGIONS.filter((region) => !known.includes(region))).toEqual(['il-central-1']));

it.each(known)('%s: the self-signed root of this region, valid for decades', (region) => {
  const certificate = new X509Certificate(rdsCertificate(region) ?? '');
  expect(certificate.subject).toContain(`CN=Amazon RDS ${region} Root CA RSA2048 G1`);
  expect(certificate.issuer).toBe(certificate.subject);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.ca).toBe(true);
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.parse('2060-01-01'));
});
