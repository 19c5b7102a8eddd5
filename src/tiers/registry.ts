/** The tiers, as the stacks build them: the only switch. src/config/tiers/registry.ts has their rules and defaults. */
import type { TierKind } from '../config/schema/tiers';
import { box } from './box/tier';
import { fargate } from './fargate/tier';
import { kubernetes } from './kubernetes/tier';
import type { PreviewCompute, PreviewContext, ServingTier, Tier, TierContext } from './tier';

const TIERS: { readonly [K in TierKind]: Tier<K> } = { box, fargate, kubernetes };

/** Builds the stacks of whichever tier the context asks for. */
export function createTierStacks<K extends TierKind>(
  context: TierContext<K> & { readonly tier: { readonly kind: K } },
): ServingTier {
  return TIERS[context.tier.kind].createStacks(context);
}

/** Adds the containers of a preview, on the tier of its environment. @throws Error on a tier without previews, which rules refuse */
export function createTierPreview(context: PreviewContext): PreviewCompute {
  const { kind } = context.preview.parent.tier;
  const { createPreview } = TIERS[kind];
  if (createPreview === undefined) throw new Error(`the tier ${kind} has no previews, which the rules should have refused`);
  return createPreview(context);
}
