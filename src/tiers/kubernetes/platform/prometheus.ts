/** Values of Prometheus, Alertmanager and Grafana, for metrics that stay in the cluster. Pure. */
import { alertmanagerValues } from './alertmanager';
import { chartResources, type PlatformContext } from './charts';

/** Defined here because no default storage class of EKS is encrypted. */
const STORAGE_CLASS = 'monitoring-gp3';

/** The share of the volume that metrics may fill; Prometheus needs the rest to write the next block. */
const FILL_LIMIT = 0.85;

/** Grafana's volume: dashboards and users are a few MB, and EBS sells no less. */
const GRAFANA_STORAGE_GB = 1;

/** Alerts of clusters whose number of nodes is fixed: here the autoscaler adds nodes when pods find no room. */
const DISABLED_RULES = { KubeCPUOvercommit: true, KubeMemoryOvercommit: true };

/** Grafana's chart generates the administrator password and keeps it in a Secret of the cluster; Terraform never reads it. */
export function prometheusValues(context: PlatformContext) {
  const { storageGb, retentionDays } = context.prometheus;
  return {
    prometheus: {
      prometheusSpec: {
        retention: `${retentionDays}d`,
        retentionSize: `${Math.floor(storageGb * 1024 * FILL_LIMIT)}MB`,
        // Monitors of any release are used, not only of this one.
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        ruleSelectorNilUsesHelmValues: false,
        resources: chartResources('prometheus'),
        storageSpec: { volumeClaimTemplate: { spec: volumeClaim(storageGb) } },
      },
    },
    alertmanager: alertmanagerValues(context),
    defaultRules: { disabled: DISABLED_RULES },
    prometheusOperator: {
      resources: chartResources('prometheus-operator'),
      prometheusConfigReloader: { resources: chartResources('config-reloader') },
      admissionWebhooks: { patch: { resources: chartResources('prometheus-operator-certificates') } },
    },
    'kube-state-metrics': { resources: chartResources('kube-state-metrics') },
    'prometheus-node-exporter': { resources: chartResources('node-exporter') },
    grafana: grafana(),
    // AWS runs these and exposes no metrics of them.
    kubeControllerManager: { enabled: false },
    kubeScheduler: { enabled: false },
    kubeEtcd: { enabled: false },
    // It runs on every node, with metrics on the node's loopback address only.
    kubeProxy: { enabled: false },
    extraManifests: [storageClass()],
  };
}

function grafana() {
  return {
    resources: chartResources('grafana'),
    sidecar: { resources: chartResources('grafana-sidecar') },
    // Dashboards and users that are made by hand outlive the pod.
    persistence: { enabled: true, storageClassName: STORAGE_CLASS, size: `${GRAFANA_STORAGE_GB}Gi` },
    // The new pod cannot mount the volume before the old one has ended. Without the null, Kubernetes would refuse the change of
    // a Deployment that was created with the chart's default strategy.
    deploymentStrategy: { type: 'Recreate', rollingUpdate: null },
    // It runs as root to change the owner of the volume, which belongs to the pod's group already.
    initChownData: { enabled: false },
    // The chart's test pod has no requests.
    testFramework: { enabled: false },
  };
}

function volumeClaim(storageGb: number) {
  return {
    storageClassName: STORAGE_CLASS,
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: `${storageGb}Gi` } },
  };
}

function storageClass() {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: STORAGE_CLASS },
    provisioner: 'ebs.csi.aws.com',
    parameters: { type: 'gp3', encrypted: 'true' },
    // In the zone of the pod that claims the volume.
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
    reclaimPolicy: 'Delete',
  };
}
