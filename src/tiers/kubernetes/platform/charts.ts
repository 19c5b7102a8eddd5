/**
 * The Helm charts of the platform: source, version, namespace, and the service account that calls AWS. Chart versions are
 * set here and nowhere else; read a chart's release notes before you raise one. Pure.
 */
import { chartContainerSize, type ChartContainer } from '../../../config/tables/platform-components';
import type { ResolvedKubernetes } from '../../../config/tiers/kubernetes/resolved';
import type { AlertTopicsHandover } from '../../../contracts/handovers';

export interface Chart {
  readonly repository: string;
  /** Exact, so that a deployment next year installs the same. */
  readonly version: string;
  readonly namespace: string;
  /** Of charts that call AWS: the chart creates it, and the cluster's stack binds it to a role. */
  readonly serviceAccount?: string;
}

export const CHARTS = {
  'aws-load-balancer-controller': {
    repository: 'https://aws.github.io/eks-charts',
    version: '3.5.0',
    namespace: 'kube-system',
    serviceAccount: 'aws-load-balancer-controller',
  },
  'external-secrets': {
    repository: 'https://charts.external-secrets.io',
    version: '2.9.0',
    namespace: 'external-secrets',
    serviceAccount: 'external-secrets',
  },
  'metrics-server': {
    repository: 'https://kubernetes-sigs.github.io/metrics-server',
    version: '3.13.1',
    namespace: 'kube-system',
  },
  'cluster-autoscaler': {
    repository: 'https://kubernetes.github.io/autoscaler',
    version: '9.57.0',
    namespace: 'kube-system',
    serviceAccount: 'cluster-autoscaler',
  },
  'fluent-bit': {
    repository: 'https://fluent.github.io/helm-charts',
    version: '0.58.1',
    namespace: 'logging',
    serviceAccount: 'fluent-bit',
  },
  keda: {
    repository: 'https://kedacore.github.io/charts',
    version: '2.20.2',
    namespace: 'keda',
    serviceAccount: 'keda-operator',
  },
  'kube-prometheus-stack': {
    repository: 'https://prometheus-community.github.io/helm-charts',
    version: '88.5.3',
    namespace: 'monitoring',
    // Alertmanager's.
    serviceAccount: 'alertmanager',
  },
} as const satisfies Readonly<Record<string, Chart>>;

export type ChartName = keyof typeof CHARTS;

/** The charts whose pods call AWS. */
export type AwsChartName = { [K in ChartName]: (typeof CHARTS)[K] extends { serviceAccount: string } ? K : never }[ChartName];

/**
 * Restarts Deployments after a rotation of their secrets. The workloads stack installs it, in the system's namespace: there
 * it can read no other secrets.
 */
export const RELOADER = {
  repository: 'https://stakater.github.io/stakater-charts',
  chart: 'reloader',
  version: '2.2.16',
} as const;

/** Revisions of a release that `helm rollback` can go back to; each is a Secret in the release's namespace. */
export const KEPT_REVISIONS = 5;

/** The input of chart values; some fields are Terraform references. */
export interface PlatformContext {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  /** The namespace of services, workers and jobs. */
  readonly namespace: string;
  /** The log group of all other pods. */
  readonly platformLogGroupName: string;
  readonly prometheus: ResolvedKubernetes['prometheus'];
  /** Where alerts of Prometheus go. @default nowhere */
  readonly alertTopics?: AlertTopicsHandover;
}

/** The limit of a container's memory, as a multiple of what it requests. */
const MEMORY_HEADROOM = 2;

/** Requests and limits of a chart's container. */
export function chartResources(container: ChartContainer) {
  const { cpuMillis, memoryMib } = chartContainerSize(container);
  return {
    requests: { cpu: `${cpuMillis}m`, memory: `${memoryMib}Mi` },
    limits: { memory: `${MEMORY_HEADROOM * memoryMib}Mi` },
  } as const;
}
