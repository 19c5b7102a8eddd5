/** Alarms on what keeps data or work: databases, caches, queues, schedules, backups. */
import {
  above,
  alarms,
  ALWAYS_MEASURED,
  below,
  breaching,
  during,
  FIFTEEN_MINUTES,
  FIVE_MINUTES,
  notBreaching,
  TEN_MINUTES,
} from './alarm-default';

const UNUSED_QUEUE = notBreaching('SQS publishes no metrics of a queue that has been unused for six hours');

export const DATABASE_ALARMS = alarms('database', {
  'database-cpu': {
    measures: 'CPU use of a database instance',
    ...above(80, '%', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Performance Insights shows the statements; index or fix them, or choose a larger instanceClass (a restart).',
  },
  'database-connections': {
    measures: 'Connections to the database',
    ...above({ share: 0.8, of: 'the maximum of the instance class', otherwise: 80 }, 'connections', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Look for a connection leak (pg_stat_activity, state idle); use a pooler, or choose a larger instanceClass.',
  },
  'database-free-storage': {
    measures: 'Free storage of a database instance',
    ...below({ share: 0.1, of: 'storageGb', otherwise: 2 }, 'GB', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'A full database stops. Raise storageGb (no downtime) or set maxStorageGb; look for inactive replication slots.',
  },
  'database-free-memory': {
    measures: 'Free memory of a database instance',
    ...below({ share: 0.05, of: 'the memory of the instance class', otherwise: 0.1 }, 'GB', FIFTEEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Before it swaps, close idle connections or choose a larger instanceClass (a restart).',
  },
  'database-query-time': {
    measures: 'Mean duration of a statement',
    ...above(1, 's', FIVE_MINUTES),
    ...notBreaching('Performance Insights has gaps when the instance restarts'),
    remedy: 'Performance Insights shows the statements and what they wait for; the PostgreSQL log has every slow one.',
  },
});

/**
 * The least lag of each five minutes. Without user transactions on the primary, a PostgreSQL replica "reports a replication lag
 * of up to five minutes" (RDS user guide, "Working with read replicas for RDS for PostgreSQL"): the lag grows from 0 until RDS
 * writes the next WAL segment. So its maximum says nothing on a quiet database, while its minimum stays low unless the replica is
 * behind. Two minutes leave room for a missing sample.
 */
export const REPLICA_ALARMS = alarms('replica', {
  'replica-lag': {
    measures: 'Lag of a read replica behind its primary, at its lowest',
    ...above(120, 's', TEN_MINUTES),
    ...breaching('a replica that does not replicate reports no lag'),
    remedy: 'Readers see outdated rows. Look for long transactions on the replica, and read its events in RDS.',
  },
});

export const CACHE_ALARMS = alarms('cache', {
  'cache-memory': {
    measures: 'Memory use of a Redis node, as a share of its limit',
    ...above(80, '%', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Set expiry times, or choose a larger nodeType; when memory is full, the eviction policy decides what is lost.',
  },
  'cache-evictions': {
    measures: 'Keys that a Redis node evicted because memory was full, as a share of its keys',
    ...above(1, '%', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'The cache is too small for its load. Choose a larger nodeType, or shorten expiry times.',
  },
  'cache-cpu': {
    measures: 'CPU use of the engine thread of a Redis node',
    ...above(80, '%', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Look for slow commands (SLOWLOG GET); read from replicas, or choose a faster nodeType.',
  },
});

const NOTHING_SENT = notBreaching('SES reports nothing while nothing is sent');

export const EMAIL_ALARMS = alarms('email', {
  'email-bounces': {
    measures: 'Messages that bounced permanently, as a share of those sent recently',
    ...above(4, '%', during(1, 3600)),
    ...NOTHING_SENT,
    remedy: 'Stop sending to old or bought addresses: AWS reviews an account from 5 % on, and stops it from sending at 10 %.',
  },
  'email-complaints': {
    measures: 'Messages that receivers marked as spam, as a share of those sent recently',
    ...above(0.08, '%', during(1, 3600)),
    ...NOTHING_SENT,
    remedy:
      'Send only what was asked for, with a link to unsubscribe: AWS reviews an account from 0.1 % on, and stops it at 0.5 %.',
  },
});

export const QUEUE_ALARMS = alarms('queue', {
  'queue-dead-letters': {
    measures: 'Messages that could not be processed',
    ...above(0, 'messages', FIVE_MINUTES),
    ...UNUSED_QUEUE,
    remedy: "Read one message, fix what fails on it, and start the dead-letter queue's redrive. Messages are kept 14 days.",
  },
  'queue-age': {
    measures: 'Age of the oldest message',
    ...above({ share: 3, of: 'visibilityTimeoutSeconds', otherwise: 900 }, 's', TEN_MINUTES),
    ...UNUSED_QUEUE,
    remedy:
      'Messages are received too slowly or not at all. Check that workers run, and that no message makes them fail repeatedly.',
  },
});

export const SCHEDULE_ALARMS = alarms('schedule', {
  'schedule-dead-letters': {
    measures: 'Runs of a scheduled job that could not be started',
    ...above(0, 'runs', FIVE_MINUTES),
    ...UNUSED_QUEUE,
    remedy: 'The message contains the error. Start the job manually (output run_... of the compute stack), then purge the queue.',
  },
});

export const BACKUP_ALARMS = alarms('backup plan', {
  'backup-failed': {
    measures: 'Jobs of AWS Backup that failed',
    ...above(0, 'jobs', during(1, 3600)),
    ...notBreaching('AWS measures it only when it happens'),
    remedy: 'The backup job says why. Start a backup manually today: what changed since the last one is not protected.',
  },
  'backup-age': {
    measures: 'Jobs of AWS Backup that completed in a day',
    ...below(1, 'jobs', during(2, 86400)),
    ...breaching('without a completed job there is no data'),
    remedy: 'No backup for two days. Check that the plan and its role exist, and that the resource is still selected.',
  },
});

export const RESTORE_ALARMS = alarms('restore drill', {
  'restore-age': {
    measures: 'Time since a drill last restored a copy of AWS Backup and validated it',
    ...above({ share: 1, of: 'backups.restoreDrill.alarmAfterHours', otherwise: 192 }, 'hours', during(2, 21_600)),
    ...breaching('it is measured every six hours: without data, the state machine that measures it fails'),
    remedy:
      'Read the last run of the state machine restore-drill and its log group, and the restore jobs of AWS Backup: a backup that was never restored may not be restorable.',
  },
});
