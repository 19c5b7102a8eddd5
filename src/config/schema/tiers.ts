/** The tiers, and the section of an environment that holds the settings of each. A tier that is added here does not compile until it is in both registries. */
import { z } from 'zod';
import { boxSchema } from './box';
import { fargateSchema } from './fargate';
import { kubernetesSchema } from './kubernetes';

/** Kind of tier to its settings. */
export const TIER_SECTIONS = {
  /** The single host. Needed with tier `box`; with another tier it keeps the host's address and volume. @default none */
  box: boxSchema.optional(),
  /** Settings of ECS. @default {} */
  fargate: fargateSchema.prefault({}),
  /** Settings of EKS. @default {} */
  kubernetes: kubernetesSchema.prefault({}),
};

/** What runs the containers. */
export type TierKind = keyof typeof TIER_SECTIONS;

export const TIER_KINDS = Object.keys(TIER_SECTIONS) as readonly TierKind[];

export const tierSchema = z.enum(TIER_KINDS);
