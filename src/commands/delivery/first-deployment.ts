/** A first deployment that one approval can cover, because it replaces and deletes nothing. */
import type { PlannedReport } from './stack-report';

/** Whether a plan of a stack with an empty state creates resources and outputs, and does nothing else. */
export function onlyCreates({ actions }: PlannedReport): boolean {
  return actions.every(({ action }) => action === 'create');
}
