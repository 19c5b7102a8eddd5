/** One stack, up and down: init, plan, apply, plan again; later destroy. */
import { isDeepStrictEqual } from 'node:util';
import { firstError } from '../../terraform/runner/errors';
import { isObject, type Json } from './module-json';
import type { Drift } from './stack-result';
import type { Fault, Terraform } from './terraform';

/** What came of applying a stack. */
export interface Applied {
  readonly notTried?: string;
  readonly planned: number;
  readonly created: readonly string[];
  readonly faults: readonly Fault[];
  readonly drifted: readonly Drift[];
}

const NOTHING = { planned: 0, created: [], faults: [], drifted: [] } as const;

/**
 * Applies a stack and plans it again.
 * @param again whether to plan again at all
 */
export async function applyStack(terraform: Terraform, folder: string, again = true): Promise<Applied> {
  const init = await terraform.init(folder);
  if (init.code !== 0) return { ...NOTHING, notTried: `terraform init: ${firstError(init.stderr)}` };
  const plan = await terraform.plan(folder, 'first.tfplan');
  if (plan.code !== 0) {
    return { ...NOTHING, notTried: `terraform plan: ${plan.faults.map(describeFault).join('; ')}` };
  }
  const { created, faults } = await terraform.apply(folder, 'first.tfplan');
  const drifted = created.length === 0 || !again ? [] : await planAgain(terraform, folder, created, faults);
  return { planned: plan.planned.length, created, faults, drifted };
}

function describeFault({ address, message }: Fault): string {
  return address === undefined ? message : `${address}: ${message}`;
}

/** Of what was created; what was not is no drift. */
async function planAgain(
  terraform: Terraform,
  folder: string,
  created: readonly string[],
  faults: readonly Fault[],
): Promise<readonly Drift[]> {
  const { code, planned, faults: planFaults } = await terraform.plan(folder, 'second.tfplan');
  if (code !== 0)
    return planFaults.map(({ address, message }) => ({
      address: address ?? 'the second plan',
      action: 'fail',
      attributes: [message],
    }));
  const broken = new Set(faults.map(({ address }) => address));
  const changes = planned.filter(({ address }) => created.includes(address) && !broken.has(address));
  if (changes.length === 0) return [];
  const attributes = changedAttributes((await terraform.show(folder, 'second.tfplan')).stdout);
  return changes.map(({ address, action }) => ({ address, action, attributes: attributes.get(address) ?? [] }));
}

interface PlanJson {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly change: { readonly before?: Json | null; readonly after?: Json | null; readonly after_unknown?: Json };
  }[];
}

/** Address to the names of the arguments in which a plan differs from what is there. */
export function changedAttributes(planJson: string): ReadonlyMap<string, readonly string[]> {
  let plan: PlanJson;
  try {
    plan = JSON.parse(planJson) as PlanJson;
  } catch {
    return new Map();
  }
  return new Map(
    (plan.resource_changes ?? []).map(({ address, change: { before, after, after_unknown: unknown } }) => {
      if (!isObject(before) || !isObject(after)) return [address, []];
      const names = Object.keys(after).filter(
        (name) => !isDeepStrictEqual(before[name], after[name]) || (isObject(unknown) && unknown[name] === true),
      );
      return [address, names.sort()];
    }),
  );
}
