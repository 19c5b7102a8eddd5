/** PostgreSQL parameters of an RDS parameter group. Pure. */
import type { ManagedDatabase } from '../../config/resolved/environment';

export interface Parameter {
  readonly name: string;
  readonly value: string;
  /** `immediate`, or `pending-reboot` for what PostgreSQL reads only at its start. */
  readonly applyMethod: 'immediate' | 'pending-reboot';
}

/**
 * Parameters that PostgreSQL reads only at its start: RDS refuses `immediate` for them.
 * Source: `select name from pg_settings where context = 'postmaster'` on PostgreSQL 15 and 18, without those that RDS reserves;
 * the names with a prefix are static parameters of RDS and of its extensions.
 */
const STATIC_PARAMETERS: ReadonlySet<string> = new Set([
  'autovacuum_freeze_max_age',
  'autovacuum_max_workers',
  'autovacuum_multixact_freeze_max_age',
  'autovacuum_worker_slots',
  'commit_timestamp_buffers',
  'huge_pages',
  'io_max_combine_limit',
  'io_max_concurrency',
  'io_method',
  'max_active_replication_origins',
  'max_connections',
  'max_files_per_process',
  'max_locks_per_transaction',
  'max_logical_replication_workers',
  'max_notify_queue_pages',
  'max_pred_locks_per_transaction',
  'max_prepared_transactions',
  'max_replication_slots',
  'max_wal_senders',
  'max_worker_processes',
  'min_dynamic_shared_memory',
  'multixact_member_buffers',
  'multixact_offset_buffers',
  'notify_buffers',
  'old_snapshot_threshold',
  'serializable_buffers',
  'shared_buffers',
  'shared_preload_libraries',
  'subtransaction_buffers',
  'superuser_reserved_connections',
  'track_activity_query_size',
  'track_commit_timestamp',
  'transaction_buffers',
  'wal_buffers',
  'cron.database_name',
  'pg_stat_statements.max',
  'rds.logical_replication',
]);

/**
 * TLS forced, slow statements and connections logged, then the environment's own parameters, which can override all but TLS.
 * Statements are not logged in general, because the log would contain passwords and personal data.
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
