/** Plans stacks in deploy order, and changes nothing. */
import { withStackPlan, type NotPlanned, type StackPlan, type StackPlanOptions } from './stack-plan';

export type PlannedStack = { readonly status: 'planned' } & Omit<StackPlan, 'apply' | 'document' | 'module'>;

export type StackResult = PlannedStack | NotPlanned;

export interface PlanStacksOptions extends Omit<StackPlanOptions, 'isProtected' | 'mayApply' | 'changing'> {
  readonly isProtected: (stack: string) => boolean;
  /** Receives each result as soon as it is known. */
  readonly report?: (result: StackResult) => void;
}

/**
 * One that cannot be planned does not keep the others from being planned: those that read it are planned later. Takes no locks.
 * @param stacks in deploy order; each has a folder in the synthesised output
 */
export async function planStacks(
  stacks: readonly string[],
  { isProtected, report, ...options }: PlanStacksOptions,
): Promise<readonly StackResult[]> {
  const results: StackResult[] = [];
  const changing = new Set<string>();
  for (const stack of stacks) {
    if (options.signal?.aborted === true) {
      results.push({ status: 'failed', stack, reason: 'interrupted before it was planned' });
      break;
    }
    options.progress?.(`planning ${stack}`);
    const result = await planOne(stack, { ...options, isProtected: isProtected(stack), changing });
    if (result.status !== 'planned' || result.changes.length > 0) changing.add(stack);
    report?.(result);
    results.push(result);
  }
  return results;
}

async function planOne(stack: string, options: Omit<StackPlanOptions, 'mayApply'>): Promise<StackResult> {
  const outcome = await withStackPlan(
    stack,
    { ...options, mayApply: false },
    ({ apply: _apply, document: _document, module: _module, ...plan }): PlannedStack => ({ status: 'planned', ...plan }),
  );
  return 'value' in outcome ? outcome.value : outcome.notPlanned;
}

/** Whether every plan may be applied; one that is made later does not count. */
export function areSound(results: readonly StackResult[]): boolean {
  return results.every((result) => result.status === 'later' || (result.status === 'planned' && result.verdict.passed));
}
