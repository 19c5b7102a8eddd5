/** PostgreSQL parameters of an RDS parameter group. Pure. */
import type { ManagedDatabase } from '../../config/resolved/environment';

/** One parameter as RDS takes it. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  /** `immediate`, or `pending-reboot` for what PostgreSQL reads only at its start. */
  readonly applyMethod: 'immediate' | 'pending-reboot';
}

/**
 * What PostgreSQL reads only at its start: RDS refuses `immediate` for it.
 * Source: `select name from pg_settings where context = 'postmaster'` on PostgreSQL 15, without what RDS keeps to itself;
 * the entries with a prefix are RDS's static parameters and those of its extensions.
 */
const STATIC_PARAMETERS: ReadonlySet<string> = new Set([
  'autovacuum_freeze_max_age',
  'autovacuum_max_workers',
  'autovacuum_multixact_freeze_max_age',
  'huge_pages',
  'max_connections',
  'max_files_per_process',
  'max_locks_per_transaction',
  'max_logical_replication_workers',
  'max_pred_locks_per_transaction',
  'max_prepared_transactions',
  'max_replication_slots',
  'max_wal_senders',
  'max_worker_processes',
  'min_dynamic_shared_memory',
  'old_snapshot_threshold',
  'shared_buffers',
  'shared_preload_libraries',
  'superuser_reserved_connections',
  'track_activity_query_size',
  'track_commit_timestamp',
  'wal_buffers',
  'cron.database_name',
  'pg_stat_statements.max',
  'rds.logical_replication',
]);

/**
 * TLS forced, slow statements and connections logged, then the environment's own, which may change all but TLS.
 * Statements as such are not logged: passwords and personal data would lie in the log.
 */
export function databaseParameters({
  slowStatementMilliseconds,
  parameters,
}: Pick<ManagedDatabase, 'slowStatementMilliseconds' | 'parameters'>): readonly Parameter[] {
  const values: Readonly<Record<string, string>> = {
    log_connections: '1',
    log_disconnections: '1',
    log_lock_waits: '1',
    log_min_duration_statement: String(slowStatementMilliseconds),
    ...parameters,
    'rds.force_ssl': '1',
  };
  return Object.entries(values).map(([name, value]) => ({
    name,
    value,
    applyMethod: STATIC_PARAMETERS.has(name) ? 'pending-reboot' : 'immediate',
  }));
}
