/** The service accounts by which controllers of the platform call AWS: made by charts, bound to roles by the cluster's stack. Pure. */

export const PLATFORM_ACCOUNTS = {
  'aws-load-balancer-controller': { namespace: 'kube-system', serviceAccount: 'aws-load-balancer-controller' },
  'external-secrets': { namespace: 'external-secrets', serviceAccount: 'external-secrets' },
  'cluster-autoscaler': { namespace: 'kube-system', serviceAccount: 'cluster-autoscaler' },
  'fluent-bit': { namespace: 'logging', serviceAccount: 'fluent-bit' },
  keda: { namespace: 'keda', serviceAccount: 'keda-operator' },
} as const;

export type PlatformAccount = keyof typeof PLATFORM_ACCOUNTS;
