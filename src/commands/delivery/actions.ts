/** What a plan would do, resource by resource, and a digest of it. Pure. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Action, Plan } from '../../checks/plan-guard/plan';

/** One action of a plan, without values, which may be secret. */
export interface PlannedAction {
  /** A resource's address; `output.<name>` for an output. */
  readonly address: string;
  readonly action: Exclude<Action, 'no-op' | 'read'> | 'move';
  /** The address before a `moved` block. */
  readonly from?: string;
}

const outputsSchema = z.object({
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).optional(),
});

/**
 * Every action of a plan, by address.
 * @param json the text of the plan: it has the changes of outputs, which later stacks read
 */
export function actionsOf(plan: Plan, json: string): readonly PlannedAction[] {
  const resources = plan.changes.flatMap(({ address, action, previousAddress: from, deposed }): PlannedAction[] => {
    const at = deposed === undefined ? address : `${address} (deposed ${deposed})`;
    if (action === 'read') return [];
    if (action === 'no-op') return from === undefined ? [] : [{ address: at, action: 'move', from }];
    return [{ address: at, action, ...(from === undefined ? {} : { from }) }];
  });
  const { output_changes: outputs = {} } = outputsSchema.parse(JSON.parse(json));
  const changed = Object.entries(outputs).flatMap(([name, { actions }]): PlannedAction[] => {
    const [action] = actions;
    return action === 'create' || action === 'update' || action === 'delete' ? [{ address: `output.${name}`, action }] : [];
  });
  return [...resources, ...changed].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
}

/** Equal for plans with the same actions at the same addresses, whatever the values, and only for these. */
export function digestOf(stack: string, actions: readonly PlannedAction[]): string {
  const lines = actions.map(({ address, action, from = '' }) => JSON.stringify([address, action, from]));
  return createHash('sha256')
    .update([stack, ...lines].join('\n'))
    .digest('hex');
}

/** The number of actions on resources by kind. */
export function summaryOf(actions: readonly PlannedAction[]): string {
  const counts = new Map<string, number>();
  for (const { address, action } of actions) {
    const word = address.startsWith('output.') ? 'output' : action;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = ['create', 'update', 'replace', 'delete', 'forget', 'move'].filter((word) => counts.has(word));
  const parts = words.map((word) => `${counts.get(word) ?? 0} to ${word}`);
  if (parts.length > 0) return parts.join(', ');
  return counts.has('output') ? 'outputs only' : 'no changes';
}
