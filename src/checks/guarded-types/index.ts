/** What the plan guard and the address lock protect, by resource type. */
import { NETWORK_ROOTS } from './network-roots';
import { STATEFUL_TYPES } from './stateful-types';

export interface GuardedType {
  readonly what: string;
  readonly loss: string;
  /** Whether deletion is refused, and not only replacement. */
  readonly deletionRefused: boolean;
}

const GUARDED_TYPES: ReadonlyMap<string, GuardedType> = new Map([
  ...STATEFUL_TYPES.map(({ type, holds, loss }) => [type, { what: holds, loss, deletionRefused: true }] as const),
  ...NETWORK_ROOTS.map(
    ({ type, what, loss, deletion }) => [type, { what, loss, deletionRefused: deletion === 'refused' }] as const,
  ),
]);

/** Undefined for a type that may be deleted and replaced. */
export function guardedType(type: string): GuardedType | undefined {
  return GUARDED_TYPES.get(type);
}

/** Whether resources of the type must keep their address: under a new one, the next apply would delete the old resource. */
export function mustKeepAddress(type: string): boolean {
  return guardedType(type)?.deletionRefused === true;
}
