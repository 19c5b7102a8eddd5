/** Plans the stacks of an environment, and prints what they would change. */
import type { CommandContext } from '../../cli/command';
import type { OperationOptions } from '../../cli/operation-options';
import { printPlans } from '../../operations/stacks/print-plans';
import { loadScope } from '../../operations/stacks/scope';

export interface PlanOptions extends Pick<OperationOptions, 'json' | 'endpoint'> {
  readonly output: string;
}

/** @returns the exit code */
export async function planEnvironment(
  context: CommandContext,
  name: string,
  patterns: readonly string[],
  options: PlanOptions,
): Promise<number> {
  return printPlans(context, await loadScope(context, name, patterns, options), options);
}
