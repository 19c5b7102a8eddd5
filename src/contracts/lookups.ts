/** Look-ups in what earlier stacks publish. Pure. */
import type { ResolvedData } from '../config/resolved/environment';
import type { DataHandover } from './handovers';

/**
 * The value, which the rules of src/config make sure is there.
 * @param thing what is looked up, as the error names it: `the bucket "uploads"`
 * @throws Error when it is missing, which is a defect of Terrace and not of the environment file
 */
export function required<T>(value: T | undefined, thing: string): T {
  if (value === undefined) throw new Error(`${thing} is missing, which the rules should have refused`);
  return value;
}

/** The bucket that receives access logs. */
export function logBucketOf(
  { logBucket }: Pick<ResolvedData, 'logBucket'>,
  { buckets }: Pick<DataHandover, 'buckets'>,
): DataHandover['buckets'][string] {
  return required(buckets[logBucket], `the log bucket "${logBucket}"`);
}

/** The key that encrypts log groups: the environment's with `logs.encryption: 'kms'`; otherwise none, and CloudWatch uses its own. */
export function logKeyArnOf({ logs }: Pick<ResolvedData, 'logs'>, keyArn: string | undefined): string | undefined {
  return logs.encryption === 'kms' ? keyArn : undefined;
}
