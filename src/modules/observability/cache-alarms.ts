/** The nodes of a managed Redis, watched. */
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import { cacheMetrics } from './metrics';

/** Full, dropping keys, or busy. */
export class CacheAlarms extends Construct {
  /** @param nodes ids of ElastiCache nodes, which end in their number */
  constructor(scope: Construct, id: string, alarms: Alarms, nodes: readonly string[]) {
    super(scope, id);
    for (const node of nodes) {
      const number = node.split('-').at(-1) ?? node;
      const { memory, evictions, cpu } = cacheMetrics(node);
      const subject = nodes.length === 1 ? undefined : `node ${number}`.replace(' ', '-');
      alarms.raise(this, `memory-${number}`, { kind: 'cache-memory', subject, metric: memory });
      alarms.raise(this, `evictions-${number}`, { kind: 'cache-evictions', subject, metric: evictions });
      alarms.raise(this, `cpu-${number}`, { kind: 'cache-cpu', subject, metric: cpu });
    }
  }
}
