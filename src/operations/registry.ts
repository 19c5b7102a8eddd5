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

/** Of a tier by its name: the one that serves, or the next one. */
export function operationsOfTier(kind: string): TierOperations {
  const found = Object.entries(TIERS).find(([name]) => name === kind);
  if (found === undefined) throw new Error(`there is no tier ${kind}`);
  return found[1];
}
