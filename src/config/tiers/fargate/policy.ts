/** Fargate, as the configuration knows it. Every setting of services and workers has an effect here. */
import type { TierPolicy } from '../tier-policy';
import { resolveFargate } from './resolve';
import { FARGATE_RULES } from './rules';

export const fargatePolicy = { rules: FARGATE_RULES, ignores: [], resolve: resolveFargate } satisfies TierPolicy<'fargate'>;
