/** Changes in numbers. Pure. */
import type { ShownAction } from './changes';
import { isOutput } from './changes';

interface Counted {
  readonly address: string;
  readonly action: ShownAction;
}

const ORDER: readonly ShownAction[] = ['create', 'import', 'update', 'replace', 'delete', 'forget', 'move'];

/** `2 to create, 1 to replace`; outputs count only when nothing else changes. */
export function summaryOf(changes: readonly Counted[]): string {
  if (changes.length === 0) return 'no changes';
  const resources = changes.filter(({ address }) => !isOutput(address));
  const parts = ORDER.flatMap((action) => {
    const number = resources.filter((change) => change.action === action).length;
    return number === 0 ? [] : [`${number} to ${action}`];
  });
  return parts.length === 0 ? 'outputs only' : parts.join(', ');
}
