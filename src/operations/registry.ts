/** The tiers, as commands work on them: the only switch. src/tiers/registry.ts has what builds them. */
import type { ResolvedTier } from '../config/resolved/environment';
import { box } from './box/operations';
import { fargate } from './fargate/operations';
import { kubernetes } from './kubernetes/operations';
import type { Target } from './target';
import type { TierOperations } from './tier-operations';

const TIERS: Readonly<Record<ResolvedTier['kind'], TierOperations>> = { box, fargate, kubernetes };

/** Of the tier that serves. */
export function operationsOf({ environment: { tier } }: Pick<Target, 'environment'>): TierOperations {
  return TIERS[tier.kind];
}
