/** One stack on the emulator: init, plan, apply, plan again. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Block } from '../../terraform/root-module';
import { firstError } from '../../terraform/runner/errors';
import type { Terraform } from '../../terraform/runner/terraform';
import type { Drift } from './stack-result';
import { apply, plan, type Fault } from './terraform';

/** The result of applying a stack. */
export interface Applied {
  /** Why nothing was applied. */
  readonly notTried?: string;
  readonly planned: number;
  readonly created: readonly string[];
  readonly faults: readonly Fault[];
  readonly drifted: readonly Drift[];
}

const NOTHING = { planned: 0, created: [], faults: [], drifted: [] } as const;

/**
 * Applies a stack and plans it again.
 * @param again whether to plan it again at all
 */
export async function applyStack(terraform: Terraform, folder: string, again = true): Promise<Applied> {
  const init = await terraform.init(folder);
  if (init.code !== 0) return { ...NOTHING, notTried: `terraform init: ${firstError(init.stderr)}` };
  const first = await plan(terraform, folder, 'first.tfplan');
  if (first.code !== 0) return { ...NOTHING, notTried: `terraform plan: ${first.faults.map(describeFault).join('; ')}` };
  const { created, faults } = await apply(terraform, folder, 'first.tfplan');
  const drifted = created.length === 0 || !again ? [] : await planAgain(terraform, folder, created, faults);
  return { planned: first.planned.length, created, faults, drifted };
}

function describeFault({ address, message }: Fault): string {
  return address === undefined ? message : `${address}: ${message}`;
}

/** Only resources that were created can drift. */
async function planAgain(
  terraform: Terraform,
  folder: string,
  created: readonly string[],
  faults: readonly Fault[],
): Promise<readonly Drift[]> {
  const second = await plan(terraform, folder, 'second.tfplan');
  if (second.code !== 0)
    return second.faults.map(({ address, message }) => ({
      address: address ?? 'the second plan',
      action: 'fail',
      attributes: [message],
    }));
  const broken = new Set(faults.map(({ address }) => address));
  const changes = second.planned.filter(({ address }) => created.includes(address) && !broken.has(address));
  if (changes.length === 0) return [];
  const attributes = changedAttributes((await terraform.run(folder, 'show', '-json', 'second.tfplan')).stdout);
  return changes.map(({ address, action }) => ({ address, action, attributes: attributes.get(address) ?? [] }));
}

interface PlanJson {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly change: { readonly before?: Block | null; readonly after?: Block | null; readonly after_unknown?: Block };
  }[];
}

/** Address to the names of the arguments that a plan would change. */
export function changedAttributes(planJson: string): ReadonlyMap<string, readonly string[]> {
  let parsed: PlanJson;
  try {
    parsed = JSON.parse(planJson) as PlanJson;
  } catch {
    return new Map();
  }
  return new Map(
    (parsed.resource_changes ?? []).map(({ address, change: { before, after, after_unknown: unknown } }) => {
      if (!isObject(before) || !isObject(after)) return [address, []];
      const names = Object.keys(after).filter(
        (name) => !isDeepStrictEqual(before[name], after[name]) || (isObject(unknown) && unknown[name] === true),
      );
      return [address, names.sort()];
    }),
  );
}
