/** Queues, watched: what could not be handled, and what waits too long. */
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import { queueMetrics } from './metrics';
import type { MonitoredQueue } from './monitored-resources';

/** Two alarms a queue. */
export class QueueAlarms extends Construct {
  constructor(scope: Construct, id: string, alarms: Alarms, queues: readonly MonitoredQueue[]) {
    super(scope, id);
    for (const { key, name, deadLetterName, visibilityTimeoutSeconds } of queues) {
      alarms.raise(this, `${key}-dead-letters`, {
        kind: 'queue-dead-letters',
        subject: key,
        metric: queueMetrics(deadLetterName).waiting,
      });
      alarms.raise(this, `${key}-age`, {
        kind: 'queue-age',
        subject: key,
        metric: queueMetrics(name).age,
        whole: visibilityTimeoutSeconds,
      });
    }
  }
}
