/** The single host, watched: what EC2 measures of it, and what it publishes of itself. */
import { Construct } from 'constructs';
import { HOST_METRICS } from '../../contracts/host-metrics';
import type { Alarms } from './alarms';
import { groupMetrics, hostMetric, instanceMetrics } from './metrics';
import type { MonitoredHost } from './monitored-resources';

/** CPU and credits, memory and disks, services and data stores, backups and their proof. */
export class HostAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly alarms: Alarms,
    private readonly host: MonitoredHost,
  ) {
    super(scope, id);
    this.watchMachine();
    this.watchServices();
    this.watchBackups();
  }

  private watchMachine(): void {
    const { instanceId, groupName, bursts } = this.host;
    if (instanceId !== undefined) {
      const { cpu, chargedCredits } = instanceMetrics(instanceId);
      this.alarms.raise(this, 'cpu', { kind: 'host-cpu', metric: cpu });
      if (bursts) this.alarms.raise(this, 'credits', { kind: 'host-credits', metric: chargedCredits });
    } else if (groupName !== undefined) {
      this.alarms.raise(this, 'cpu', { kind: 'host-cpu', metric: groupMetrics(groupName).cpu });
    }
    this.alarms.raise(this, 'memory', { kind: 'host-memory', metric: this.own('memoryUsed', 'Average') });
    this.alarms.raise(this, 'disk', { kind: 'host-disk', metric: this.own('diskUsed', 'Maximum') });
  }

  private watchServices(): void {
    const { postgres, redis, jobs, certificates } = this.host;
    this.alarms.raise(this, 'health', { kind: 'host-health', metric: this.own('healthCheckFailures', 'Maximum') });
    if (postgres) this.alarms.raise(this, 'postgres', { kind: 'host-postgres', metric: this.own('postgresUp', 'Minimum') });
    if (redis) this.alarms.raise(this, 'redis', { kind: 'host-redis', metric: this.own('redisUp', 'Minimum') });
    if (jobs) this.alarms.raise(this, 'jobs', { kind: 'host-jobs', metric: this.own('jobFailed', 'Maximum') });
    this.alarms.raise(this, 'configuration', { kind: 'host-configuration', metric: this.own('applyFailed', 'Maximum') });
    if (!certificates) return;
    this.alarms.raise(this, 'certificate', { kind: 'host-certificate', metric: this.own('certificateDaysLeft', 'Minimum') });
  }

  private watchBackups(): void {
    const { backupHours, drills, drillHours } = this.host;
    this.alarms.raise(this, 'backup-failed', { kind: 'host-backup-failed', metric: this.own('backupFailed', 'Maximum') });
    this.alarms.raise(this, 'backup-age', {
      kind: 'host-backup-age',
      metric: this.own('backupAge', 'Maximum'),
      whole: backupHours,
    });
    if (!drills) return;
    this.alarms.raise(this, 'drill-failed', { kind: 'host-drill-failed', metric: this.own('drillFailed', 'Maximum') });
    this.alarms.raise(this, 'restore-age', {
      kind: 'host-restore-age',
      metric: this.own('restoreProvenAge', 'Maximum'),
      whole: drillHours,
    });
  }

  private own(metric: keyof typeof HOST_METRICS, statistic: string) {
    return hostMetric(this.host.namespace, this.host.environment, HOST_METRICS[metric], statistic);
  }
}
