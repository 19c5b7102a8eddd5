/**
 * The tiers, and the section of an environment that holds the settings of each. A tier that is added here does not compile until
 * it is in both registries.
 */
import { z } from 'zod';
import { boxSchema } from './box';
import { fargateSchema } from './fargate';
import { kubernetesSchema } from './kubernetes';

/** Kind of tier to its settings. */
export const TIER_SECTIONS = {
  /**
   * The EC2 host of the tier `box`. Next to another tier, it keeps the address and the data volume of the host.
   * @default none; required with tier `box` @danger Removing it destroys the data volume, which `protect` prevents.
   */
  box: boxSchema.optional(),
  /** Settings of the Fargate tier. @default {} */
  fargate: fargateSchema.prefault({}),
  /** Settings of the Kubernetes tier: the EKS cluster, its nodes and its monitoring. @default {} */
  kubernetes: kubernetesSchema.prefault({}),
};

/** What runs the containers. */
export type TierKind = keyof typeof TIER_SECTIONS;

const TIER_KINDS = Object.keys(TIER_SECTIONS) as readonly TierKind[];

export const tierSchema = z.enum(TIER_KINDS);
