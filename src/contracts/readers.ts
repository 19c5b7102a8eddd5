/** Which kinds of stacks read the outputs of which: their workspaces in HCP Terraform must share their states. Pure. */
import type { StackKind } from './stack-kinds';

/**
 * A kind to the kinds whose outputs it may read, in deploy order. Not every environment has all of them, and some read only with
 * certain settings. A test compares the table with synthesised stacks of every tier. A team's own stacks may read all of them.
 */
const TABLE = {
  zone: [],
  network: [],
  domain: [],
  data: ['network'],
  'compute-box': ['zone', 'network', 'domain', 'data'],
  'compute-fargate': ['zone', 'network', 'domain', 'data'],
  'compute-kubernetes': ['network', 'data'],
  platform: ['network', 'compute-kubernetes'],
  workloads: ['zone', 'network', 'domain', 'data', 'compute-kubernetes', 'platform'],
  edge: ['zone', 'network', 'domain', 'data', 'compute-box', 'compute-fargate', 'workloads'],
  observability: [
    'zone',
    'network',
    'domain',
    'data',
    'compute-box',
    'compute-fargate',
    'compute-kubernetes',
    'workloads',
    'edge',
  ],
  sleep: ['data', 'compute-box', 'compute-fargate', 'compute-kubernetes', 'edge'],
  names: ['zone', 'edge'],
} as const satisfies Readonly<Record<string, readonly StackKind[]>>;

/** A kind of stack with a row in the table. */
export type ListedStackKind = keyof typeof TABLE;

/** The kinds whose outputs a kind may read. */
export type ReadBy<K extends ListedStackKind> = (typeof TABLE)[K][number];

export const READS: ReadonlyMap<StackKind, readonly StackKind[]> = new Map(
  Object.entries(TABLE) as [ListedStackKind, readonly StackKind[]][],
);

/** The kinds that read the outputs of a kind, in deploy order. */
export function readersOf(kind: StackKind): readonly StackKind[] {
  return [...READS].filter(([, read]) => read.includes(kind)).map(([reader]) => reader);
}
