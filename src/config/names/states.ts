/** Names of states, of the stores that hold them, and of the roles that use them. Pure. */
import { NAME_LIMITS, fitName } from './fitted';

/** The beginnings of the ids of stacks that belong to no environment: of state stores, and of DNS zones that several share. */
export const SHARED_STACK_PREFIXES = { bootstrap: 'bootstrap-', zone: 'zone-' } as const;

/** The id of the stack that creates a state store. The store's name is last, so that no glob of an environment matches it. */
export function bootstrapStackId(storeName: string): string {
  return `${SHARED_STACK_PREFIXES.bootstrap}${storeName}`;
}

/**
 * A zone as part of the id of a stack. Dots become hyphens and hyphens double, so that no two zones get the same id.
 * @example zone-shop-example
 */
export function zoneStackName(zone: string): string {
  return `zone-${zone.replaceAll('-', '--').replaceAll('.', '-')}`;
}

/** Whether a stack belongs to no environment. */
export function isSharedStack(stackId: string): boolean {
  return Object.values(SHARED_STACK_PREFIXES).some((prefix) => stackId.startsWith(prefix));
}

/**
 * A name that keeps its end when it is shortened: the boundaries of apply roles protect roles and policies by these ends.
 * @example shop-prod-terraform-apply
 */
function terraformName(owner: string, end: 'plan' | 'apply' | 'boundary', limit: number): string {
  const suffix = `-terraform-${end}`;
  return `${fitName(owner, limit - suffix.length)}${suffix}`;
}

/** The role that plans with the states of a store. */
export function planRoleName(storeName: string): string {
  return terraformName(storeName, 'plan', NAME_LIMITS.iamRole);
}

/** The role that applies an environment or a shared zone. */
export function applyRoleName(group: string): string {
  return terraformName(group, 'apply', NAME_LIMITS.iamRole);
}

/** The permissions boundary of the roles of an environment or a shared zone, its apply role among them. */
export function boundaryName(group: string): string {
  return terraformName(group, 'boundary', NAME_LIMITS.iamPolicy);
}

/** What the keys of an environment's states begin with: `prod/`. */
export function environmentStatePrefix(shortName: string): string {
  return `${shortName}/`;
}

/** The key of the state of a stack: `prod/network/terraform.tfstate`. @param kind of the stack */
export function environmentStateKey(shortName: string, kind: string): string {
  return `${environmentStatePrefix(shortName)}${kind}/terraform.tfstate`;
}

/** What the keys of a shared zone's states begin with: `zone-shop-example/`. */
export function zoneStatePrefix(zone: string): string {
  return `${zoneStackName(zone)}/`;
}

/** The alias of the KMS key that encrypts the states of a store. */
export function stateKeyAlias(storeName: string): string {
  return `alias/${storeName}-terraform-state`;
}

/** The bucket of the audit trail, where the store's bootstrap stack creates it. */
export function auditBucketName(stateBucket: string): string {
  return fitName(`${stateBucket}-audit`, NAME_LIMITS.s3Bucket);
}

/** The account's audit trail and the alias of its key, where the store's bootstrap stack creates them. */
export function auditTrailName(storeName: string): string {
  return `${storeName}-audit`;
}

/** Monitor and subscription of the account's cost anomalies, where the store's bootstrap stack creates them. */
export function costAnomaliesName(storeName: string): string {
  return `${storeName}-cost-anomalies`;
}

/** The DynamoDB table of a store's locks, where the store does not name one. */
export function lockTableName(storeName: string): string {
  return `${storeName}-terraform-locks`;
}
