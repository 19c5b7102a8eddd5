/** Settings of the Fargate tier; services and sizes are in `services`, the same for every tier. */
import { z } from 'zod';
import { helped } from './primitives';

export const fargateSchema = z.strictObject({
  /**
   * Name of the ECS cluster. @default the environment's name @example 'shop-cluster'
   * @danger Changing it replaces the cluster and everything that runs in it.
   */
  clusterName: helped(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/), {
    allowed: 'letters, digits, hyphens and underscores; starts with a letter or digit; at most 255 characters',
    fix: 'omit it to use the name of the environment',
  }).optional(),
  /**
   * CloudWatch Container Insights: metrics of the cluster and its services; `enhanced` adds those of each task and container.
   * @default 'enabled' @price $0.30 a month for each metric (CloudWatch, us-east-1, 2026-11).
   */
  containerInsights: z.enum(['enabled', 'enhanced', 'disabled']).default('enabled'),
});
