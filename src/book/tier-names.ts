/** Tiers as a reader knows them, inside a sentence. */
import type { ResolvedTier } from '../config/resolved/environment';

type Tier = ResolvedTier['kind'];

/** A tier that is not here is called as it is written in the environment file. */
const NAMES: Readonly<Partial<Record<Tier, string>>> = { box: 'one host', fargate: 'Fargate', kubernetes: 'Kubernetes' };

export function tierName(tier: Tier): string {
  return NAMES[tier] ?? tier;
}
