/** Plans the stacks of an environment, and prints what they would change. */
import type { CommandContext } from '../../cli/command';
import type { OperationOptions } from '../../cli/operation-options';
import { printFirstPlan } from '../../operations/first-plan/print-first-plan';
import { printPlans } from '../../operations/stacks/print-plans';
import { loadScope } from '../../operations/stacks/scope';

export interface PlanOptions extends Pick<OperationOptions, 'json' | 'endpoint'> {
  readonly output: string;
  /** Assumes what stacks that do not exist yet would publish. */
  readonly first: boolean;
}

/** @returns the exit code */
export async function planEnvironment(
  context: CommandContext,
  name: string,
  patterns: readonly string[],
  options: PlanOptions,
): Promise<number> {
  const scope = await loadScope(context, name, patterns, options);
  return options.first ? printFirstPlan(context, scope, options) : printPlans(context, scope, options);
}
