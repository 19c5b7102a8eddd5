/** Where the states of an environment's stacks are: one rule for the stacks themselves and for those that read them. */
import { environmentStateKey } from '../config/names';
import type { ResolvedEnvironment } from '../config/resolved/environment';
import type { StackKind } from '../contracts/stack-kinds';
import type { StateLocation } from './backends';

export function environmentState(
  { identity, backend }: Pick<ResolvedEnvironment, 'identity' | 'backend'>,
  kind: StackKind,
): StateLocation {
  return {
    backend,
    stackId: `${identity.environment}-${kind}`,
    stateKey: environmentStateKey(identity.shortName, kind),
  };
}

/** Of the stack of a shared zone. @param stackId `zone-shop-example` */
export function zoneState(stackId: string, backend: ResolvedEnvironment['backend']): StateLocation {
  return { backend, stackId, stateKey: `${stackId}/zone/terraform.tfstate` };
}
