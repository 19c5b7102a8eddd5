/** The AWS provider pointed at an emulator: fake credentials, its address for each service in use, none of AWS's own checks. */
import type { AwsProviderConfig } from '@cdktf/provider-aws/lib/provider';

/** What an emulated environment has resources of; `sts` answers who is asking. */
const SERVICES = ['s3', 'secretsmanager', 'sts'] as const;

/** Emulators know no bucket as a host name, so S3 is asked by path; a fault there does not go away by asking again. */
export function emulatorSettings(url: string): Partial<AwsProviderConfig> {
  return {
    accessKey: 'test',
    secretKey: 'test',
    endpoints: [Object.fromEntries(SERVICES.map((service) => [service, url]))],
    maxRetries: 1,
    s3UsePathStyle: true,
    skipCredentialsValidation: true,
    skipMetadataApiCheck: 'true',
    skipRequestingAccountId: true,
  };
}
