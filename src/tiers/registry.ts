/** The tiers, as the stacks build them: the only switch. src/config/tiers/registry.ts has their rules and defaults. */
import type { TierKind } from '../config/schema/tiers';
import { box } from './box/tier';
import { fargate } from './fargate/tier';
import { kubernetes } from './kubernetes/tier';
import type { ServingTier, Tier, TierContext } from './tier';

const TIERS: { readonly [K in TierKind]: Tier<K> } = { box, fargate, kubernetes };

/** Builds the stacks of whichever tier the context asks for. */
export function createTierStacks<K extends TierKind>(
  context: TierContext<K> & { readonly tier: { readonly kind: K } },
): ServingTier {
  return TIERS[context.tier.kind].createStacks(context);
}
