/** How far an apply came that did not succeed. Pure. */
import { isOutput, type ShownChange } from '../../checks/plan-changes/changes';
import type { Applied } from '../../terraform/runner/apply-log';

/** Moves, imports and outputs are not in it. */
export interface HalfWay {
  readonly done: readonly string[];
  readonly failed: readonly string[];
  readonly open: readonly string[];
}

/** A replacement is done when both of its actions are. */
export function halfWayOf(
  changes: readonly Pick<ShownChange, 'address' | 'action'>[],
  { done, failed }: Pick<Applied, 'done' | 'failed'>,
): HalfWay {
  const counted = changes.flatMap(({ address, action }) => {
    const steps: readonly string[] = action === 'replace' ? ['delete', 'create'] : [action];
    if (isOutput(address) || !steps.every((step) => ['create', 'update', 'delete'].includes(step))) return [];
    // An object left over from an earlier replacement is reported by its address alone.
    const at = address.replace(/ \(deposed \w+\)$/, '');
    const isDone = steps.every((step) => done.has(`${step} ${at}`));
    const isBegun = steps.some((step) => done.has(`${step} ${at}`));
    const text = `${action} ${address}`;
    return [{ text: isDone || !isBegun ? text : `${text} (half of it)`, isDone, isFailed: failed.has(at) }];
  });
  const textsOf = (chosen: typeof counted): readonly string[] => chosen.map(({ text }) => text);
  return {
    done: textsOf(counted.filter(({ isDone }) => isDone)),
    failed: textsOf(counted.filter(({ isDone, isFailed }) => !isDone && isFailed)),
    open: textsOf(counted.filter(({ isDone, isFailed }) => !isDone && !isFailed)),
  };
}
