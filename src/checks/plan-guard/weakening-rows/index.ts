/** Every weakening that the plan guard knows, by theme. */
import { DATABASE_WEAKENINGS } from './databases';
import { AUDIT_WEAKENINGS, KEY_WEAKENINGS } from './keys-and-audit';
import { STORAGE_WEAKENINGS } from './storage';
import { TRAFFIC_WEAKENINGS } from './traffic';
import type { Weakening } from './weakening';
import { WORKLOAD_WEAKENINGS } from './workloads';

export { REMOVALS } from './removals';
export type { Removal, Weakening } from './weakening';

export const WEAKENINGS: readonly Weakening[] = [
  ...DATABASE_WEAKENINGS,
  ...STORAGE_WEAKENINGS,
  ...KEY_WEAKENINGS,
  ...AUDIT_WEAKENINGS,
  ...TRAFFIC_WEAKENINGS,
  ...WORKLOAD_WEAKENINGS,
];
