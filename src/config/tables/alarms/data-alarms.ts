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

const UNUSED_QUEUE = notBreaching('SQS measures no queue that nobody has used for six hours');

export const DATABASE_ALARMS = alarms('database', {
  'database-cpu': {
    measures: 'CPU of a database instance',
    ...above(80, '%', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Performance Insights names the statements; index or fix them, or take a larger instanceClass (a restart).',
  },
  'database-connections': {
    measures: 'Connections to the database',
    ...above({ share: 0.8, of: 'what the instance class takes', otherwise: 80 }, 'connections', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Look for a leak (pg_stat_activity, state idle); give services a pooler, or take a larger instanceClass.',
  },
  'database-free-storage': {
    measures: 'Free storage of a database instance',
    ...below({ share: 0.1, of: 'storageGb', otherwise: 2 }, 'GB', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'A full database stops. Raise storageGb (no downtime) or set maxStorageGb; look for stuck replication slots.',
  },
  'database-free-memory': {
    measures: 'Free memory of a database instance',
    ...below({ share: 0.05, of: 'the memory of the instance class', otherwise: 0.1 }, 'GB', FIFTEEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Before it swaps, close idle connections or take a larger instanceClass (a restart).',
  },
  'database-query-time': {
    measures: 'Mean seconds of a statement',
    ...above(1, 's', FIVE_MINUTES),
    ...notBreaching('Performance Insights leaves gaps when the instance restarts'),
    remedy: 'Performance Insights names the statements and what they wait for; the PostgreSQL log has every slow one.',
  },
});

export const REPLICA_ALARMS = alarms('replica', {
  'replica-lag': {
    measures: 'Seconds that a read replica is behind',
    ...above(60, 's', during(5, 60)),
    ...breaching('a replica that does not replicate reports no lag'),
    remedy: 'Readers see old rows. Look for long transactions on the replica and for its events in RDS.',
  },
});

export const CACHE_ALARMS = alarms('cache', {
  'cache-memory': {
    measures: 'Memory of a Redis node, of what it may use',
    ...above(80, '%', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Set expiries, or take a larger nodeType; when it is full, the eviction policy decides what is lost.',
  },
  'cache-evictions': {
    measures: 'Keys that a Redis node dropped for want of memory',
    ...above(100, 'keys', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'The cache is too small for what is asked of it. Take a larger nodeType, or shorten expiries.',
  },
  'cache-cpu': {
    measures: "CPU of Redis's one thread",
    ...above(80, '%', TEN_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Look for slow commands (SLOWLOG GET); read from replicas, or take a faster nodeType.',
  },
});

export const QUEUE_ALARMS = alarms('queue', {
  'queue-dead-letters': {
    measures: 'Messages that could not be handled',
    ...above(0, 'messages', FIVE_MINUTES),
    ...UNUSED_QUEUE,
    remedy: "Read one message, mend what fails on it, and start the dead-letter queue's redrive. They are kept 14 days.",
  },
  'queue-age': {
    measures: 'Age of the oldest message',
    ...above({ share: 3, of: 'visibilityTimeoutSeconds', otherwise: 900 }, 's', TEN_MINUTES),
    ...UNUSED_QUEUE,
    remedy: 'Nothing takes messages, or too slowly. Are workers running, and do they fail on one message again and again?',
  },
});

export const SCHEDULE_ALARMS = alarms('schedule', {
  'schedule-dead-letters': {
    measures: 'Runs of a scheduled job that could not be started',
    ...above(0, 'runs', FIVE_MINUTES),
    ...UNUSED_QUEUE,
    remedy: 'The message names the error. Start the job by hand (output run_... of compute), then purge the queue.',
  },
});

export const BACKUP_ALARMS = alarms('backup plan', {
  'backup-failed': {
    measures: 'Copies that AWS Backup could not make',
    ...above(0, 'copies', during(1, 3600)),
    ...notBreaching('AWS measures it only when it happens'),
    remedy: 'The backup job says why. Make one by hand today: whatever breaks now is lost since the last copy.',
  },
  'backup-age': {
    measures: 'Copies that AWS Backup made in a day',
    ...below(1, 'copies', during(2, 86400)),
    ...breaching('no copy, no measurement'),
    remedy: 'No copy for two days. Is the plan there, is its role, is the resource still selected?',
  },
});
