/** What the calculation needs of a synthesised group: an environment, a state store or a shared zone. Pure. */
import type { ResolvedEnvironment } from '../config/resolved/environment';
import type { Modules } from '../terraform/root-module';
import type { CostInput } from './calculate';
import { LITTLE_USAGE } from './usage';

/** A group, with the environment that it was synthesised from; a state store and a zone have none. */
export interface CostedGroup {
  readonly name: string;
  readonly modules: Modules;
  readonly environment?: Pick<ResolvedEnvironment, 'cost'>;
  /** Plan of the Cloudflare zone of a shared zone. */
  readonly cloudflarePlan?: string;
}

export function inputOf({ name, modules, environment, cloudflarePlan }: CostedGroup): CostInput {
  return {
    name,
    modules,
    usage: environment?.cost.usage ?? LITTLE_USAGE,
    asleep: environment?.cost.asleep,
    cloudflarePlan: environment?.cost.cloudflarePlan ?? cloudflarePlan,
  };
}
