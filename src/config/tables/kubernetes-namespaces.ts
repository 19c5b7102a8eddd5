/** Namespaces of a cluster that are there already. */

/** Those that Kubernetes and EKS create, and those of the platform's charts and add-ons. */
export const TAKEN_NAMESPACES: readonly string[] = [
  'default',
  'kube-node-lease',
  'kube-public',
  'kube-system',
  'amazon-cloudwatch',
  'external-secrets',
  'keda',
  'logging',
  'monitoring',
];

/** The service account that Kubernetes creates in every namespace. */
export const DEFAULT_SERVICE_ACCOUNT = 'default';
