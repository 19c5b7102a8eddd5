/** Deletions and replacements that lose something. Pure. */
import { guardedType, mustKeepAddress } from '../guarded-types';
import type { HarmfulChange } from './harm';
import type { Plan, ResourceChange } from './plan';

/** Every stateful resource that the plan deletes or replaces, and every network root that it replaces. */
export function losses({ changes }: Plan): readonly HarmfulChange[] {
  return changes.flatMap((change): readonly HarmfulChange[] => {
    const guarded = guardedType(change.type);
    const { action, address } = change;
    if (guarded === undefined || (action !== 'delete' && action !== 'replace')) return [];
    if (action === 'delete' && !guarded.deletionRefused) return [];
    const why = `${guarded.what}; this loses ${guarded.loss}${reasonOf(change)}`;
    return [{ address, harm: action, why, instead: alternative(change, changes) }];
  });
}

/** Notes about resources that were deleted outside of Terraform, and those that Terraform stops managing. */
export function lossNotices({ changes, deletedOutside }: Plan): readonly string[] {
  return [
    ...deletedOutside
      .filter(({ type }) => mustKeepAddress(type))
      .map(({ address }) => `${address} was deleted outside of Terraform; a plan that creates it creates an empty one`),
    ...changes
      .filter(({ type, action }) => action === 'forget' && mustKeepAddress(type))
      .map(({ address }) => `${address} stays as it is, but Terraform no longer manages it`),
  ];
}

function reasonOf({ action, actionReason, replacedFor, deposed, leavesOld }: ResourceChange): string {
  if (leavesOld) return ' (a new one takes its place, and the old one stays without Terraform)';
  if (deposed !== undefined) return ` (left over from an earlier replacement: ${deposed})`;
  if (action === 'replace' && replacedFor.length > 0) return ` (replaced because of ${replacedFor.join(', ')})`;
  return actionReason === undefined ? '' : ` (${actionReason.replaceAll('_', ' ')})`;
}

function alternative(
  { action, type, address, actionReason, replacedFor }: ResourceChange,
  changes: readonly ResourceChange[],
): string {
  if (action === 'replace') {
    return replacedFor.length > 0
      ? `leave ${replacedFor.join(', ')} unchanged, or create a second resource and migrate to it`
      : 'find out why Terraform replaces it, and untaint it or leave it unchanged';
  }
  const successor = changes.find((other) => other.type === type && other.action === 'create');
  if (successor !== undefined && actionReason !== 'delete_because_each_key')
    return `if it was renamed, record the move: moved { from = ${address}, to = ${successor.address} }`;
  return 'keep it in the environment file, or copy its data elsewhere first';
}
