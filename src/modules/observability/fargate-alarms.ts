/** Services, workers and scheduled jobs on Fargate, watched. */
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import { queueMetrics, serviceMetrics } from './metrics';
import type { MonitoredFargate, MonitoredService } from './monitored-resources';

/** Too busy, too full, too few, or not started. */
export class FargateAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly alarms: Alarms,
    private readonly fargate: MonitoredFargate,
  ) {
    super(scope, id);
    for (const service of fargate.services) this.watch(service);
    for (const { key, deadLetterQueueName } of fargate.schedules) {
      alarms.raise(this, `${key}-not-started`, {
        kind: 'schedule-dead-letters',
        subject: key,
        metric: queueMetrics(deadLetterQueueName).waiting,
      });
    }
  }

  private watch({ key, name, minimum }: MonitoredService): void {
    const { clusterName, insights } = this.fargate;
    const { cpu, memory, running } = serviceMetrics(clusterName, name);
    this.alarms.raise(this, `${key}-cpu`, { kind: 'service-cpu', subject: key, metric: cpu });
    this.alarms.raise(this, `${key}-memory`, { kind: 'service-memory', subject: key, metric: memory });
    // A worker that rests at zero is never too few.
    if (insights && minimum > 0) {
      this.alarms.raise(this, `${key}-tasks`, { kind: 'service-tasks', subject: key, metric: running, whole: minimum });
    }
  }
}
