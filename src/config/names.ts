/** Names of AWS resources: `<environment>-<thing>`, shortened with a hash where AWS's limit is shorter. Pure. */
import { createHash } from 'node:crypto';

/** AWS's limits on the length of names, in characters. Source: the service quotas pages of each service. */
export const NAME_LIMITS = {
  loadBalancer: 32,
  targetGroup: 32,
  cacheReplicationGroup: 40,
  cloudFront: 64,
  codeBuildProject: 150,
  database: 63,
  efsAccessPoint: 128,
  eventRule: 64,
  iamRole: 64,
  lambdaFunction: 64,
  logGroup: 512,
  queue: 80,
  repository: 256,
  s3Bucket: 63,
  scheduler: 64,
  securityGroup: 255,
  stateMachine: 80,
  webAcl: 128,
} as const;

const HASH_LENGTH = 6;

/** The first characters of a hash over the text: tells apart names that were cut at the same place. */
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

/** The environment's name without its system: `prod` of `h2o-prod`. */
export function shortEnvironmentName(system: string, name: string): string {
  return name.startsWith(`${system}-`) ? name.slice(system.length + 1) : name;
}

/**
 * What the names of secrets end in that hold the first password of a database. It opens nothing once it is rotated, so
 * the plan role of CI may read secrets of this name, and no others.
 */
export const SEED_SECRET_SUFFIX = '-seed';
