/** Deletions and replacements that lose something. Pure. */
import type { Finding } from './finding';
import { NETWORK_ROOTS } from './network-roots';
import type { Plan, ResourceChange } from './plan';
import { STATEFUL_TYPES } from './stateful-types';

/** What a type loses, and by which action. */
interface Guarded {
  readonly is: string;
  readonly loss: string;
  readonly deletionRefused: boolean;
}

const GUARDED: ReadonlyMap<string, Guarded> = new Map([
  ...STATEFUL_TYPES.map(({ type, holds, loss }) => [type, { is: holds, loss, deletionRefused: true }] as const),
  ...NETWORK_ROOTS.map(({ type, is, loss, deletion }) => [type, { is, loss, deletionRefused: deletion === 'refused' }] as const),
]);

/** Whether a resource of the type must keep its address: the next apply would delete it under the old one. */
export function isKept(type: string): boolean {
  return GUARDED.get(type)?.deletionRefused === true;
}

/** Every stateful resource that the plan deletes or replaces, and every network root that it replaces. */
export function losses({ changes }: Plan): readonly Finding[] {
  return changes.flatMap((change): readonly Finding[] => {
    const guarded = GUARDED.get(change.type);
    const { action, address } = change;
    if (guarded === undefined || (action !== 'delete' && action !== 'replace')) return [];
    if (action === 'delete' && !guarded.deletionRefused) return [];
    const why = `${guarded.is}; lost with it: ${guarded.loss}${because(change)}`;
    return [{ address, harm: action, why, instead: instead(change, changes) }];
  });
}

/** Told about things that vanished by somebody's hand, and things that Terraform only lets go of. */
export function lossNotices({ changes, vanished }: Plan): readonly string[] {
  return [
    ...vanished
      .filter(({ type }) => isKept(type))
      .map(({ address }) => `${address} was deleted outside of Terraform; a plan that creates it makes an empty one`),
    ...changes
      .filter(({ type, action }) => action === 'forget' && isKept(type))
      .map(({ address }) => `${address} stays as it is, but Terraform no longer looks after it`),
  ];
}

function because({ action, actionReason, replacedFor, deposed }: ResourceChange): string {
  if (deposed !== undefined) return ` (what an earlier replacement left over: ${deposed})`;
  if (action === 'replace' && replacedFor.length > 0) return ` (replaced because of ${replacedFor.join(', ')})`;
  return actionReason === undefined ? '' : ` (${actionReason.replaceAll('_', ' ')})`;
}

function instead(
  { action, type, address, actionReason, replacedFor }: ResourceChange,
  changes: readonly ResourceChange[],
): string {
  if (action === 'replace') {
    return replacedFor.length > 0
      ? `leave ${replacedFor.join(', ')} as it is, or build the new one beside it and move over`
      : 'see why Terraform replaces it, and untaint or leave it';
  }
  const successor = changes.find((other) => other.type === type && other.action === 'create');
  if (successor !== undefined && actionReason !== 'delete_because_each_key')
    return `if it was renamed, say so: moved { from = ${address}, to = ${successor.address} }`;
  return 'keep it in the description, or take its data elsewhere first';
}
