/** Settings of the Fargate tier; services and sizes are in `services`, the same for every tier. */
import { z } from 'zod';

export const fargateSchema = z.strictObject({
  /** The ECS cluster's name. @default the environment's name */
  clusterName: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/)
    .optional(),
  /** Metrics of each task in CloudWatch; billed as custom metrics. @default 'enabled' */
  containerInsights: z.enum(['enabled', 'enhanced', 'disabled']).default('enabled'),
});
