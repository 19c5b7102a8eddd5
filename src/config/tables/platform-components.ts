/**
 * Every container of a cluster's system with its requests: the Helm values and the capacity that is left for workloads are
 * both taken from here.
 *
 * Figures of charts: estimates for clusters of up to some tens of nodes; limits of memory are twice as much, so that a busier
 * cluster does not kill them. Grafana 13 with the default dashboards was killed at 603 MiB (RosieOh/RoundHouse#16); reviewers
 * of teutonet/teutonet-helm-charts#2392 chose 512 MiB to 1 GiB. Add-ons: the requests in the manifests that EKS installs
 * (2026-11), rounded up; EKS sets them, so they are counted here and written nowhere.
 */

/** What of an environment makes a cluster run a component; the others run in every cluster. */
export interface PlatformFeatures {
  readonly monitoring: 'container-insights' | 'prometheus' | 'none';
  /** Whether a worker scales on a queue. */
  readonly scalesOnQueues: boolean;
}

export interface ContainerSize {
  /** Requested; there is no limit, because a slow controller is better than a throttled one. @unit thousandths of a vCPU */
  readonly cpuMillis: number;
  readonly memoryMib: number;
}

interface PlatformComponent extends ContainerSize {
  /** Containers in the cluster, or on every node. @default 1 */
  readonly count?: number;
  /** Whether a node runs it; otherwise the cluster does. @default false */
  readonly everyNode?: boolean;
  /** Whether it is in the pod of another component. @default false */
  readonly sidecar?: boolean;
  /** @default in every cluster */
  readonly onlyWith?: 'prometheus' | 'container-insights' | 'queues';
}

const insights = { onlyWith: 'container-insights' } as const;
const prometheus = { onlyWith: 'prometheus' } as const;
const queues = { onlyWith: 'queues' } as const;

/** Containers of charts, whose requests and limits Terrace sets. */
const CHART_CONTAINERS = {
  'load-balancer-controller': { count: 2, cpuMillis: 100, memoryMib: 200 },
  'external-secrets': { cpuMillis: 50, memoryMib: 128 },
  'external-secrets-webhook': { cpuMillis: 20, memoryMib: 128 },
  'external-secrets-certificates': { cpuMillis: 20, memoryMib: 128 },
  'metrics-server': { count: 2, cpuMillis: 100, memoryMib: 200 },
  'cluster-autoscaler': { cpuMillis: 100, memoryMib: 300 },
  'fluent-bit': { everyNode: true, cpuMillis: 50, memoryMib: 128 },
  reloader: { cpuMillis: 20, memoryMib: 128 },
  'keda-operator': { cpuMillis: 100, memoryMib: 256, ...queues },
  'keda-metrics': { cpuMillis: 100, memoryMib: 256, ...queues },
  'keda-webhooks': { cpuMillis: 20, memoryMib: 128, ...queues },
  prometheus: { cpuMillis: 200, memoryMib: 1024, ...prometheus },
  alertmanager: { cpuMillis: 20, memoryMib: 128, ...prometheus },
  'config-reloader': { count: 2, sidecar: true, cpuMillis: 10, memoryMib: 64, ...prometheus },
  grafana: { cpuMillis: 100, memoryMib: 512, ...prometheus },
  'grafana-sidecar': { count: 2, sidecar: true, cpuMillis: 10, memoryMib: 128, ...prometheus },
  'prometheus-operator': { cpuMillis: 50, memoryMib: 256, ...prometheus },
  // Runs for seconds, at an installation or upgrade.
  'prometheus-operator-certificates': { count: 0, cpuMillis: 10, memoryMib: 64, ...prometheus },
  'kube-state-metrics': { cpuMillis: 20, memoryMib: 128, ...prometheus },
  'node-exporter': { everyNode: true, cpuMillis: 20, memoryMib: 32, ...prometheus },
} as const satisfies Readonly<Record<string, PlatformComponent>>;

/** Containers of EKS add-ons. */
const ADDON_CONTAINERS = {
  'aws-node': { everyNode: true, cpuMillis: 50, memoryMib: 0 },
  'kube-proxy': { everyNode: true, cpuMillis: 100, memoryMib: 0 },
  'eks-pod-identity-agent': { everyNode: true, cpuMillis: 0, memoryMib: 0 },
  'ebs-csi-node': { everyNode: true, cpuMillis: 30, memoryMib: 120 },
  'cloudwatch-agent': { everyNode: true, cpuMillis: 250, memoryMib: 128, ...insights },
  coredns: { count: 2, cpuMillis: 100, memoryMib: 70 },
  'ebs-csi-controller': { count: 2, cpuMillis: 60, memoryMib: 240 },
  'cloudwatch-operator': { cpuMillis: 100, memoryMib: 64, ...insights },
} as const satisfies Readonly<Record<string, PlatformComponent>>;

/** A container of a chart. */
export type ChartContainer = keyof typeof CHART_CONTAINERS;

const COMPONENTS: readonly PlatformComponent[] = Object.values({ ...CHART_CONTAINERS, ...ADDON_CONTAINERS });

/** The size of a chart's container. */
export function chartContainerSize(container: ChartContainer): ContainerSize {
  return CHART_CONTAINERS[container];
}

/** What a cluster's system requests, and how many pods it has: on every node, and once in the cluster. */
export function systemLoad(features: PlatformFeatures): Readonly<Record<'everyNode' | 'cluster', SystemLoad>> {
  const installed = COMPONENTS.filter(({ onlyWith }) => isInstalled(onlyWith, features));
  return {
    everyNode: sum(installed.filter(({ everyNode }) => everyNode === true)),
    cluster: sum(installed.filter(({ everyNode }) => everyNode !== true)),
  };
}

export interface SystemLoad {
  readonly vcpu: number;
  readonly memoryMib: number;
  readonly pods: number;
}

function isInstalled(onlyWith: PlatformComponent['onlyWith'], { monitoring, scalesOnQueues }: PlatformFeatures): boolean {
  return onlyWith === undefined || (onlyWith === 'queues' ? scalesOnQueues : onlyWith === monitoring);
}

function sum(components: readonly PlatformComponent[]): SystemLoad {
  const total = (amount: (component: PlatformComponent) => number) =>
    components.reduce((all, component) => all + (component.count ?? 1) * amount(component), 0);
  return {
    vcpu: total(({ cpuMillis }) => cpuMillis) / 1000,
    memoryMib: total(({ memoryMib }) => memoryMib),
    pods: total(({ sidecar }) => (sidecar === true ? 0 : 1)),
  };
}
