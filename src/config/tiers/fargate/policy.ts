/** Fargate, as the configuration knows it. */
import type { TierPolicy } from '../tier-policy';
import { resolveFargate } from './resolve';
import { FARGATE_RULES } from './rules';

export const fargatePolicy = {
  rules: FARGATE_RULES,
  ignores: [
    {
      field: 'metrics',
      appliesTo: ['services', 'workers'],
      requested: ({ metrics }) => metrics,
      instead: 'no Prometheus runs there',
      fix: 'remove it, or send the metrics by OpenTelemetry (`observability.applicationMetrics`)',
    },
    {
      field: 'nodeGroup',
      requestedByAny: ({ nodeGroup }) => nodeGroup,
      instead: 'each task has a machine to itself',
      fix: 'remove it',
    },
  ],
  previews: { possible: true },
  resolve: resolveFargate,
} satisfies TierPolicy<'fargate'>;
