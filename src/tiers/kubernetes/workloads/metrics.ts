/** The endpoints that Prometheus reads: it finds the pods of a workload by their labels. Pure. */
import type { NetworkPolicyPeer } from 'kubernetes-types/networking/v1';
import type { ResolvedService, ResolvedWorker } from '../../../config/resolved/environment';
import { CHARTS } from '../platform/charts';
import { selectorLabels, workloadMetadata, type WorkloadContext } from './context';

/** The pods of Prometheus, in the platform's namespace for monitoring. Its operator sets the label. */
export const PROMETHEUS_PODS = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': CHARTS['kube-prometheus-stack'].namespace } },
  podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
} satisfies NetworkPolicyPeer;

/** The monitor of a workload; nothing for one without `metrics`. The workload's key is the label `job` of its metrics. */
export function podMonitor(context: WorkloadContext, workload: ResolvedService | ResolvedWorker) {
  const { key, metrics } = workload;
  if (metrics === undefined) return undefined;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: workloadMetadata(context, workload),
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      selector: { matchLabels: selectorLabels(key) },
      podMetricsEndpoints: [{ portNumber: metrics.port, path: metrics.path }],
    },
  };
}
