/** What stands between the public and the environment, watched from us-east-1, where CloudFront and Route 53 measure. */
import { Construct } from 'constructs';
import { EDGE_REGION } from '../domain/validated-certificate';
import type { Alarms } from './alarms';
import { distributionMetrics, healthCheckStatus } from './metrics';
import type { MonitoredEdge } from './monitored-resources';

/** Distributions that answer with errors, health checks that fail. */
export class EdgeAlarms extends Construct {
  constructor(scope: Construct, id: string, alarms: Alarms, { distributions, healthChecks }: MonitoredEdge) {
    super(scope, id);
    for (const { key, id: distribution } of distributions) {
      alarms.raise(this, `${key}-errors`, {
        kind: 'edge-error-rate',
        subject: key,
        metric: distributionMetrics(distribution).errorRate,
        region: EDGE_REGION,
      });
    }
    for (const { key, id: check } of healthChecks) {
      alarms.raise(this, `${key}-health`, {
        kind: 'health-check',
        subject: key,
        metric: healthCheckStatus(check),
        region: EDGE_REGION,
      });
    }
  }
}
