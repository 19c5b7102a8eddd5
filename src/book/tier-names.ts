/** Tiers as a reader knows them, inside a sentence. */
import type { ResolvedTier } from '../config/resolved/environment';

export const TIER_NAMES: Readonly<Record<ResolvedTier['kind'], string>> = {
  box: 'one host',
  fargate: 'Fargate',
  kubernetes: 'Kubernetes',
};
