/** The tiers, as the configuration knows them. src/tiers/registry.ts builds the same ones. */
import type { TierKind } from '../schema/tiers';
import { boxPolicy } from './box/policy';
import { fargatePolicy } from './fargate/policy';
import { kubernetesPolicy } from './kubernetes/policy';
import type { TierPolicy } from './tier-policy';

/** Each tier's rules, ignored settings and defaults. */
export const TIER_POLICIES = {
  box: boxPolicy,
  fargate: fargatePolicy,
  kubernetes: kubernetesPolicy,
} satisfies { readonly [K in TierKind]: TierPolicy<K> };

/** A tier with every default filled: a union, discriminated by `kind`. */
export type ResolvedTier = { [K in TierKind]: ReturnType<(typeof TIER_POLICIES)[K]['resolve']> }[TierKind];
