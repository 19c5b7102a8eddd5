/** The load balancer and the tasks behind it, watched. */
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import { balancerMetrics, targetMetrics } from './metrics';
import type { MonitoredBalancer } from './monitored-resources';

/** What users meet: errors, slowness, nobody there. */
export class LoadBalancerAlarms extends Construct {
  constructor(scope: Construct, id: string, alarms: Alarms, { arnSuffix, targets }: MonitoredBalancer) {
    super(scope, id);
    const { errorRate, latency } = balancerMetrics(arnSuffix);
    alarms.raise(this, 'errors', { kind: 'error-rate', metric: errorRate });
    alarms.raise(this, 'latency', { kind: 'latency', metric: latency });
    for (const { service, arnSuffix: targetGroup } of targets) {
      const { unhealthy, healthy } = targetMetrics(arnSuffix, targetGroup);
      alarms.raise(this, `${service}-unhealthy`, { kind: 'unhealthy-targets', subject: service, metric: unhealthy });
      alarms.raise(this, `${service}-healthy`, { kind: 'healthy-targets', subject: service, metric: healthy });
    }
  }
}
