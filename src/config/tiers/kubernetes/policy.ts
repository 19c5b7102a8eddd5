/** Kubernetes, as the configuration knows it. */
import type { TierPolicy } from '../tier-policy';
import { ACCESS_RULES } from './access-rules';
import { CAPACITY_RULES } from './capacity-rules';
import { KUBERNETES_RULES } from './cluster-rules';
import { CLUSTER_NAME_RULES } from './name-rules';
import { NODE_RULES } from './node-rules';
import { POD_RULES } from './pod-rules';
import { resolveKubernetes } from './resolve';
import { STORAGE_RULES } from './storage-rules';

export const kubernetesPolicy = {
  rules: [
    ...KUBERNETES_RULES,
    ...ACCESS_RULES,
    ...CLUSTER_NAME_RULES,
    ...NODE_RULES,
    ...CAPACITY_RULES,
    ...STORAGE_RULES,
    ...POD_RULES,
  ],
  ignores: [
    {
      field: 'deployment.circuitBreaker',
      appliesTo: ['services', 'workers'],
      requested: ({ deployment }) => (deployment.circuitBreaker ? undefined : false),
      instead: 'Kubernetes stops a rollout that does not become healthy and never rolls it back by itself',
      fix: 'remove it',
    },
  ],
  previews: {
    possible: false,
    because:
      "its load balancer belongs to the Ingress of the environment, and pods reach secrets by roles of the environment's stacks",
  },
  resolve: resolveKubernetes,
} satisfies TierPolicy<'kubernetes'>;
