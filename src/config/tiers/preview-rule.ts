/** The rule that an environment has previews only on a tier that can keep them apart from it. */
import { findingIf } from '../rules/finding';
import { defineRule, type Rule } from '../rules/rule';
import type { TierKind } from '../schema/tiers';
import { TIER_POLICIES } from './registry';
import type { TierPolicy } from './tier-policy';

type Policies = Readonly<Record<TierKind, TierPolicy>>;

/** Whether environments on the tier can have previews. */
export function tierHasPreviews(tier: TierKind, policies: Policies = TIER_POLICIES): boolean {
  return policies[tier].previews?.possible === true;
}

/** Makes the rule from what the tiers say. */
export function previewTierRule(policies: Policies = TIER_POLICIES): Rule {
  return defineRule({
    id: 'preview-tier',
    severity: 'refusal',
    summary: 'An environment with previews is on a tier that has them.',
    reads: ['preview', 'tier'],
    check: ({ preview, tier }) => {
      const { previews } = policies[tier];
      const because = previews?.possible === false ? previews.because : 'it has no previews';
      return findingIf(
        preview !== undefined && !tierHasPreviews(tier, policies),
        'preview',
        preview,
        `nothing with tier: "${tier}": ${because}`,
        `have previews in an environment on ${tiersWithPreviews(policies).join(' or ')}; containers are described in the same way`,
      );
    },
  });
}

function tiersWithPreviews(policies: Policies): readonly string[] {
  return (Object.keys(policies) as TierKind[]).filter((tier) => tierHasPreviews(tier, policies));
}
