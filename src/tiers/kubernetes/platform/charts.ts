/**
 * The Helm charts of the platform: where they come from, which version, into which namespace. The one place to look when
 * something is upgraded; each chart's own notes say what changes. Pure.
 */
import { PLATFORM_ACCOUNTS } from './accounts';

/** One chart. */
export interface Chart {
  readonly repository: string;
  /** Pinned: the same deployment next year installs the same. */
  readonly version: string;
  readonly namespace: string;
}

export const CHARTS = {
  'aws-load-balancer-controller': {
    repository: 'https://aws.github.io/eks-charts',
    version: '3.5.0',
    namespace: PLATFORM_ACCOUNTS['aws-load-balancer-controller'].namespace,
  },
  'external-secrets': {
    repository: 'https://charts.external-secrets.io',
    version: '2.9.0',
    namespace: PLATFORM_ACCOUNTS['external-secrets'].namespace,
  },
  'metrics-server': {
    repository: 'https://kubernetes-sigs.github.io/metrics-server',
    version: '3.13.1',
    namespace: 'kube-system',
  },
  'cluster-autoscaler': {
    repository: 'https://kubernetes.github.io/autoscaler',
    version: '9.57.0',
    namespace: PLATFORM_ACCOUNTS['cluster-autoscaler'].namespace,
  },
  'fluent-bit': {
    repository: 'https://fluent.github.io/helm-charts',
    version: '0.58.1',
    namespace: PLATFORM_ACCOUNTS['fluent-bit'].namespace,
  },
  keda: {
    repository: 'https://kedacore.github.io/charts',
    version: '2.20.2',
    namespace: PLATFORM_ACCOUNTS.keda.namespace,
  },
  'kube-prometheus-stack': {
    repository: 'https://prometheus-community.github.io/helm-charts',
    version: '88.5.3',
    namespace: 'monitoring',
  },
} as const satisfies Readonly<Record<string, Chart>>;

export type ChartName = keyof typeof CHARTS;

/**
 * Restarts what holds a rotated secret. Workloads install it, in the system's own namespace: there it needs to see no other
 * secret, and can be there only after the namespace.
 */
export const RELOADER = {
  repository: 'https://stakater.github.io/stakater-charts',
  chart: 'reloader',
  version: '2.2.16',
} as const;
