/** The nodes of an EKS cluster, watched by EC2 and, where it is on, by Container Insights. */
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import { clusterMetrics, groupMetrics } from './metrics';
import type { MonitoredCluster } from './monitored-resources';

/** Busy, full, or not ready. */
export class ClusterAlarms extends Construct {
  constructor(scope: Construct, id: string, alarms: Alarms, { name, insights, nodeGroups }: MonitoredCluster) {
    super(scope, id);
    for (const { key, groupName } of nodeGroups) {
      const { cpu, failedChecks } = groupMetrics(groupName);
      alarms.raise(this, `${key}-cpu`, { kind: 'node-cpu', subject: key, metric: cpu });
      // Without Container Insights, EC2 at least tells of machines that fail; the kubelet is Prometheus's to watch.
      if (!insights) alarms.raise(this, `${key}-not-ready`, { kind: 'node-not-ready', subject: key, metric: failedChecks });
    }
    if (!insights) return;
    const { memory, failedNodes } = clusterMetrics(name);
    alarms.raise(this, 'memory', { kind: 'node-memory', metric: memory });
    alarms.raise(this, 'not-ready', { kind: 'node-not-ready', metric: failedNodes });
  }
}
