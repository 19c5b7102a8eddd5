/** Names within the limits of AWS: `<environment>-<thing>`, shortened with a hash where the limit is shorter. Pure. */
import { createHash } from 'node:crypto';

/** AWS's limits on the length of names, in characters. Source: the service quotas pages of each service. */
export const NAME_LIMITS = {
  loadBalancer: 32,
  targetGroup: 32,
  cacheReplicationGroup: 40,
  cloudFront: 64,
  codeBuildProject: 150,
  database: 63,
  databaseSubnetGroup: 255,
  // 60 characters for the delivery of its logs, whose name ends with `-cdn`.
  distribution: 56,
  efsAccessPoint: 128,
  // The creation token of a restored file system.
  efsRestore: 64,
  eventRule: 64,
  iamPolicy: 128,
  iamRole: 64,
  lambdaFunction: 64,
  logGroup: 512,
  queue: 80,
  repository: 256,
  restoreTestingPlan: 50,
  s3Bucket: 63,
  scheduler: 64,
  securityGroup: 255,
  stateMachine: 80,
  webAcl: 128,
} as const;

export const HASH_LENGTH = 6;

/** The first characters of a hash over the text: distinguishes names that were shortened at the same position. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}

/** The text itself when it fits, otherwise its head and a hash of the whole. */
export function fitName(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = text.slice(0, limit - HASH_LENGTH - 1).replace(/-+$/, '');
  return `${head}-${shortHash(text)}`;
}

/** `<environment>-<thing>`, within the limit of the kind of resource. */
export function resourceName(environment: string, thing: string, kind: keyof typeof NAME_LIMITS): string {
  return fitName(`${environment}-${thing}`, NAME_LIMITS[kind]);
}
