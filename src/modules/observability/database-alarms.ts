/** A managed database and its replicas, watched, each in its region. */
import { Construct } from 'constructs';
import { maxConnectionsOf, memoryGibOf } from '../../config/tables/database-classes';
import type { Alarms } from './alarms';
import { databaseMetrics, queryTime } from './metrics';
import type { MonitoredDatabase, MonitoredInstance } from './monitored-resources';

/** RDS sells GiB and measures bytes. */
const BYTES = 2 ** 30;

/** Load, room, connections, slowness, and how far replicas are behind. */
export class DatabaseAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly alarms: Alarms,
    private readonly database: MonitoredDatabase,
  ) {
    super(scope, id);
    const { primary, replicas, insightsOf } = database;
    this.watch('', undefined, primary);
    const { connections } = databaseMetrics(primary.identifier);
    alarms.raise(this, 'connections', {
      kind: 'database-connections',
      metric: connections,
      whole: maxConnectionsOf(primary.instanceClass),
    });
    if (insightsOf !== undefined)
      alarms.raise(this, 'query-time', { kind: 'database-query-time', metric: queryTime(insightsOf) });
    for (const replica of replicas) this.watchReplica(replica);
  }

  private watchReplica(replica: MonitoredInstance): void {
    const { key, identifier, region } = replica;
    this.watch(`${key}-`, key, replica);
    this.alarms.raise(this, `${key}-lag`, {
      kind: 'replica-lag',
      subject: key,
      metric: databaseMetrics(identifier).replicaLag,
      region,
    });
  }

  /** What every instance needs: CPU, room on disk and in memory. */
  private watch(prefix: string, subject: string | undefined, { identifier, region, instanceClass }: MonitoredInstance): void {
    const { cpu, freeStorage, freeMemory } = databaseMetrics(identifier);
    const common = { subject, region };
    this.alarms.raise(this, `${prefix}cpu`, { ...common, kind: 'database-cpu', metric: cpu });
    this.alarms.raise(this, `${prefix}free-storage`, {
      ...common,
      kind: 'database-free-storage',
      metric: freeStorage,
      whole: this.database.storageGb,
      scale: BYTES,
    });
    this.alarms.raise(this, `${prefix}free-memory`, {
      ...common,
      kind: 'database-free-memory',
      metric: freeMemory,
      whole: memoryGibOf(instanceClass),
      scale: BYTES,
    });
  }
}
