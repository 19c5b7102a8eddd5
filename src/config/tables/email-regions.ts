/**
 * Regions in which SES sends mail, and where the DKIM records of a domain lead.
 * Source: Amazon SES developer guide, "Regions and Amazon SES", and the list "DKIM domains" of its endpoints.
 */
import type { Region } from './regions';

const EVERYWHERE = 'dkim.amazonses.com';

/** Region to the domain that the targets of DKIM records end in. */
const DKIM_DOMAINS: Readonly<Partial<Record<Region, string>>> = {
  'us-east-1': EVERYWHERE,
  'us-east-2': EVERYWHERE,
  'us-west-1': EVERYWHERE,
  'us-west-2': EVERYWHERE,
  'ca-central-1': EVERYWHERE,
  'sa-east-1': EVERYWHERE,
  'eu-west-1': EVERYWHERE,
  'eu-west-2': EVERYWHERE,
  'eu-west-3': EVERYWHERE,
  'eu-central-1': EVERYWHERE,
  'eu-north-1': EVERYWHERE,
  'eu-south-1': 'dkim.eu-south-1.amazonses.com',
  'ap-south-1': EVERYWHERE,
  'ap-southeast-1': EVERYWHERE,
  'ap-southeast-2': EVERYWHERE,
  'ap-southeast-3': 'dkim.ap-southeast-3.amazonses.com',
  'ap-northeast-1': EVERYWHERE,
  'ap-northeast-2': EVERYWHERE,
  'ap-northeast-3': 'dkim.ap-northeast-3.amazonses.com',
  'af-south-1': 'dkim.af-south-1.amazonses.com',
  'me-south-1': EVERYWHERE,
  'il-central-1': 'dkim.il-central-1.amazonses.com',
};

/** Every region in which SES sends mail. */
export const EMAIL_REGIONS: readonly string[] = Object.keys(DKIM_DOMAINS);

/** The domain that DKIM records of a region lead to; undefined where SES does not send. */
export function dkimDomain(region: Region): string | undefined {
  return DKIM_DOMAINS[region];
}
