/** What a plan would do, resource by resource, and the digest by which two plans are known to do the same. Pure. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Action, Plan } from '../guard/plan';

/** One thing that a plan would do; values, which may be secret, are never part of it. */
export interface PlannedAction {
  /** A resource's address; `output.<name>` for an output. */
  readonly address: string;
  readonly action: Exclude<Action, 'nothing' | 'read'> | 'move';
  /** Where the resource was before a `moved` block. */
  readonly from?: string;
}

const outputsSchema = z.object({
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).optional(),
});

/**
 * Everything that a plan would do, by address.
 * @param json the text that the plan was read from: outputs are what later stacks read, so they count too
 */
export function actionsOf(plan: Plan, json: string): readonly PlannedAction[] {
  const resources = plan.changes.flatMap(({ address, action, previousAddress: from, deposed }): PlannedAction[] => {
    const at = deposed === undefined ? address : `${address} (deposed ${deposed})`;
    if (action === 'read') return [];
    if (action === 'nothing') return from === undefined ? [] : [{ address: at, action: 'move', from }];
    return [{ address: at, action, ...(from === undefined ? {} : { from }) }];
  });
  const { output_changes: outputs = {} } = outputsSchema.parse(JSON.parse(json));
  const changed = Object.entries(outputs).flatMap(([name, { actions }]): PlannedAction[] => {
    const [action] = actions;
    return action === 'create' || action === 'update' || action === 'delete' ? [{ address: `output.${name}`, action }] : [];
  });
  return [...resources, ...changed].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
}

/** The same for plans that do the same to the same addresses, whatever the values; another one for any other plan. */
export function digestOf(stack: string, actions: readonly PlannedAction[]): string {
  const lines = actions.map(({ address, action, from = '' }) => JSON.stringify([address, action, from]));
  return createHash('sha256')
    .update([stack, ...lines].join('\n'))
    .digest('hex');
}

/** Actions on resources, counted; outputs follow from them. */
export function summaryOf(actions: readonly PlannedAction[]): string {
  const counts = new Map<string, number>();
  for (const { address, action } of actions) {
    const word = address.startsWith('output.') ? 'output' : action;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = ['create', 'update', 'replace', 'delete', 'forget', 'move'].filter((word) => counts.has(word));
  const said = words.map((word) => `${counts.get(word) ?? 0} to ${word}`);
  if (said.length > 0) return said.join(', ');
  return counts.has('output') ? 'outputs only' : 'no changes';
}
