/** Plans the selected stacks of a scope, and prints what they would change. */
import { wantsColor } from '../../checks/plan-changes/render-text';
import type { CommandContext } from '../../cli/command';
import type { OperationOptions } from '../../cli/operation-options';
import { interruptible } from '../../terraform/runner/interruptible';
import { planDocumentOf, planText, planTotals } from './plan-report';
import { areSound, planStacks, type StackResult } from './plan-stacks';
import type { Scope } from './scope';

/** @returns the exit code */
export async function printPlans(
  { io }: CommandContext,
  scope: Scope,
  { json }: Pick<OperationOptions, 'json'>,
): Promise<number> {
  const { name, selected, terraform, isProtected } = scope;
  const progress = (line: string): void => void io.stderr.write(`${line}\n`);
  const color = wantsColor(io.stdout, io.env);
  const report = json ? undefined : (result: StackResult): void => void io.stdout.write(`${planText(result, color)}\n\n`);
  const results = await interruptible(
    (signal) => planStacks(selected, { ...terraform, isProtected, signal, progress, report }),
    progress,
  );
  const isSound = areSound(results);
  if (json) io.stdout.write(`${JSON.stringify({ name, passed: isSound, stacks: results.map(planDocumentOf) }, null, 2)}\n`);
  else io.stdout.write(`${name}: ${planTotals(results)}\n`);
  return isSound ? 0 : 1;
}
