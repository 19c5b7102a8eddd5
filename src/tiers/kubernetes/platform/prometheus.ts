/** Values of Prometheus, its alerts and Grafana, for those who want their metrics in the cluster. Pure. */
import { asks, type PlatformContext } from './context';

/** Encrypted, and named here because EKS has no default one that is. */
const STORAGE_CLASS = 'monitoring-gp3';

/** The share of the volume that metrics may fill: Prometheus needs room to write the next block. */
const FILLED = 0.85;

/** Grafana's administrator password is drawn by its chart and kept in a Secret of the cluster; Terraform never sees it. */
export function prometheusValues({ prometheus: { storageGb, retentionDays } }: PlatformContext) {
  return {
    prometheus: {
      prometheusSpec: {
        retention: `${retentionDays}d`,
        retentionSize: `${Math.floor(storageGb * 1024 * FILLED)}MB`,
        // Monitors of any release count, not of this one only.
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        ruleSelectorNilUsesHelmValues: false,
        resources: asks('200m', '1Gi'),
        storageSpec: { volumeClaimTemplate: { spec: volumeClaim(storageGb) } },
      },
    },
    alertmanager: { alertmanagerSpec: { resources: asks('20m', '64Mi') } },
    grafana: { resources: asks('50m', '256Mi') },
    prometheusOperator: { resources: asks('50m', '128Mi') },
    // AWS runs these, and shows them to nobody.
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
    // In the zone of the pod that asks for it.
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
    reclaimPolicy: 'Delete',
  };
}
