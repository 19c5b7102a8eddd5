/** The kinds of stacks: an environment's stack has the id `<environment>-<kind>`, a shared zone's starts with `zone-`. Pure. */
import { SHARED_STACK_PREFIXES } from '../config/names';

/** In deploy order. A tier's first stack has the kind `compute-<tier>`. */
export const STACK_KINDS = [
  'network',
  'domain',
  'data',
  'compute',
  'platform',
  'workloads',
  'edge',
  'observability',
  'sleep',
] as const;

type ListedKind = (typeof STACK_KINDS)[number];

/** What the kind of a team's own stack begins with: `own-search`. */
export const OWN_STACK = 'own-';

/** `zone` and `names` are the stacks of a shared zone, and belong to no environment; `pr-12` is that of a preview. */
export type StackKind =
  Exclude<ListedKind, 'compute'> | `compute-${string}` | `${typeof OWN_STACK}${string}` | `pr-${number}` | 'zone' | 'names';

/** A listed kind is never the name of an own stack: `shop-own-data` is the data stack of `shop-own`. */
const KIND_AT_THE_END = new RegExp(
  `-(${STACK_KINDS.map((kind) => (kind === 'compute' ? 'compute-[a-z0-9]+' : kind)).join('|')}|pr-\\d+|${OWN_STACK}(?!(?:${STACK_KINDS.join('|')})$)[a-z0-9]+)$`,
);

/** No environment's name starts like this. */
const OF_A_ZONE = /^zone-.+?(-names)?$/;

/** The kind of a stack by its id; undefined for the bootstrap of a state store. */
export function kindOf(stackId: string): StackKind | undefined {
  const zone = OF_A_ZONE.exec(stackId);
  if (zone !== null) return zone[1] === undefined ? 'zone' : 'names';
  if (stackId.startsWith(SHARED_STACK_PREFIXES.bootstrap)) return undefined;
  return KIND_AT_THE_END.exec(stackId)?.[1] as StackKind | undefined;
}

/**
 * The position of a stack in deploy order: bootstrap and the zone's stack are before those of all environments, the stack of the
 * zone's names and those of previews after them. A team's own stacks come after the other stacks of their environment.
 */
export function deployRank(stackId: string): number {
  const kind = kindOf(stackId);
  if (kind === 'names' || kind?.startsWith('pr-') === true) return STACK_KINDS.length + 1;
  if (kind?.startsWith(OWN_STACK) === true) return STACK_KINDS.length;
  return STACK_KINDS.findIndex((listed) => kind === listed || kind?.startsWith(`${listed}-`) === true);
}

/**
 * The stack that a remote state of another one is of.
 * @param stackId the stack that reads
 * @param remoteState the kind of a stack of the same group, or the id of a stack of another group
 */
export function producerOf(stackId: string, remoteState: string): string {
  if (kindOf(remoteState) !== undefined) return remoteState;
  const own = kindOf(stackId);
  if (own === undefined) return remoteState;
  if (own === 'names') return stackId.slice(0, -'-names'.length);
  return `${stackId.slice(0, -own.length)}${remoteState}`;
}
