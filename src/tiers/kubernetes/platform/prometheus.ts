/** Values of Prometheus, Alertmanager and Grafana, for metrics that stay in the cluster. Pure. */
import { resourcesOfController, type PlatformContext } from './charts';

/** Defined here because no default storage class of EKS is encrypted. */
const STORAGE_CLASS = 'monitoring-gp3';

/** The share of the volume that metrics may fill; Prometheus needs the rest to write the next block. */
const FILL_LIMIT = 0.85;

/** Grafana's chart generates the administrator password and keeps it in a Secret of the cluster; Terraform never reads it. */
export function prometheusValues({ prometheus: { storageGb, retentionDays } }: PlatformContext) {
  return {
    prometheus: {
      prometheusSpec: {
        retention: `${retentionDays}d`,
        retentionSize: `${Math.floor(storageGb * 1024 * FILL_LIMIT)}MB`,
        // Monitors of any release are used, not only of this one.
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        ruleSelectorNilUsesHelmValues: false,
        resources: resourcesOfController('200m', '1Gi'),
        storageSpec: { volumeClaimTemplate: { spec: volumeClaim(storageGb) } },
      },
    },
    alertmanager: { alertmanagerSpec: { resources: resourcesOfController('20m', '64Mi') } },
    grafana: { resources: resourcesOfController('50m', '256Mi') },
    prometheusOperator: { resources: resourcesOfController('50m', '128Mi') },
    // AWS runs these and exposes no metrics of them.
    kubeControllerManager: { enabled: false },
    kubeScheduler: { enabled: false },
    kubeEtcd: { enabled: false },
    kubeProxy: { enabled: false },
    extraManifests: [storageClass()],
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
