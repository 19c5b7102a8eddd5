/** Plans a scope of which nothing is deployed yet, and prints what would be created and what is assumed for it. */
import { wantsColor } from '../../checks/plan-changes/render-text';
import type { CommandContext } from '../../cli/command';
import type { OperationOptions } from '../../cli/operation-options';
import { zoneStackName } from '../../config/names';
import { interruptible } from '../../terraform/runner/interruptible';
import type { Scope } from '../stacks/scope';
import { isSound, planFirst } from './plan-first';
import { renderFirstPlan } from './report';

/** @returns the exit code */
export async function printFirstPlan(
  { io }: CommandContext,
  scope: Scope,
  { json }: Pick<OperationOptions, 'json'>,
): Promise<number> {
  const { name, aws, isProtected, terraform } = scope;
  const progress = (line: string): void => void io.stderr.write(`${line}\n`);
  const plans = await interruptible(
    (signal) => planFirst(stacksOf(scope), { aws, ...terraform, isProtected, progress, signal }),
    progress,
  );
  const passed = isSound(plans);
  const document = { name, assumed: true, passed, stacks: plans };
  io.stdout.write(
    json ? `${JSON.stringify(document, null, 2)}\n` : `${renderFirstPlan(name, plans, wantsColor(io.stdout, io.env))}\n`,
  );
  return passed ? 0 : 1;
}

/** The stack of the shared zone that an environment has its names in comes before all of its own. */
function stacksOf({ name, stacks, selected, zones, environment }: Scope): readonly string[] {
  const isWhole = environment !== undefined && selected.length === stacks.length;
  const zone = zones.find(({ environments }) => environments.some(({ identity }) => identity.environment === name));
  return isWhole && zone !== undefined ? [zoneStackName(zone.description.zone), ...selected] : selected;
}
