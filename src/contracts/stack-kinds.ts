/** The kinds of an environment's stacks: a stack's id is `<environment>-<kind>`. Pure. */
import { isSharedStack } from '../config/names';

/** In deploy order. A tier's first stack has the kind `compute-<tier>`. */
export const STACK_KINDS = ['network', 'domain', 'data', 'compute', 'platform', 'workloads', 'edge', 'observability'] as const;

type ListedKind = (typeof STACK_KINDS)[number];

export type StackKind = Exclude<ListedKind, 'compute'> | `compute-${string}`;

const KIND_AT_THE_END = new RegExp(
  `-(${STACK_KINDS.map((kind) => (kind === 'compute' ? 'compute-[a-z0-9]+' : kind)).join('|')})$`,
);

/** The kind of a stack by its id; undefined for a stack of no environment, such as the bootstrap of a state store. */
export function kindOf(stackId: string): StackKind | undefined {
  if (isSharedStack(stackId)) return undefined;
  return KIND_AT_THE_END.exec(stackId)?.[1] as StackKind | undefined;
}

/** The position of a stack in deploy order; stacks of no environment are before all. */
export function deployRank(stackId: string): number {
  const kind = kindOf(stackId);
  return STACK_KINDS.findIndex((listed) => kind === listed || kind?.startsWith(`${listed}-`) === true);
}

/** The id of another stack of the same environment; the kind itself for a stack of no environment. */
export function siblingStack(stackId: string, kind: string): string {
  const own = kindOf(stackId);
  return own === undefined ? kind : `${stackId.slice(0, -own.length)}${kind}`;
}
