/** Whether a plan shows that its environment was protected before it. Pure. */
import type { Plan } from './plan';

/** Attributes that Terrace sets only under `protect`. */
const SIGNS: readonly string[] = ['deletion_protection', 'deletion_protection_enabled', 'enable_deletion_protection'];

/**
 * Whether anything that the plan leaves, changes or deletes has deletion protection. A change that turns `protect` off would
 * otherwise be judged by what it says itself.
 */
export function showsProtection({ changes }: Plan): boolean {
  return changes.some(({ before }) => SIGNS.some((sign) => before?.[sign] === true || before?.[sign] === 'ACTIVE'));
}
