/** How the ids of an environment's stacks end, in deploy order. */
export const STACK_KINDS = [
  'network',
  'domain',
  'data',
  'compute-box',
  'compute-fargate',
  'compute-kubernetes',
  'platform',
  'workloads',
  'edge',
  'observability',
] as const;
