/** The CloudWatch metrics that the host of a box publishes: its scripts write them, alarms and dashboards read them. */

/** The namespace of every metric below. The host's role may publish to no other. */
export const METRICS_NAMESPACE = 'Terrace/Box';

/** Minutes between two measurements; alarms on these metrics use the same period. */
export const METRICS_INTERVAL_MINUTES = 5;

/**
 * Metric names. Each metric has one dimension, `Environment`. Ten custom metrics are free per account; each further one costs
 * about $0.30 a month. The host publishes most of them every five minutes, and those of backup, drill and jobs when these run.
 */
export const HOST_METRICS = {
  /** Number of services whose health path did not answer with success, and of names that nginx did not answer for. */
  healthCheckFailures: 'HealthCheckFailures',
  /** Percent, of the fuller one of system disk and data volume. */
  diskUsed: 'DiskUsedPercent',
  /** Percent, without caches. */
  memoryUsed: 'MemoryUsedPercent',
  /** 1 if PostgreSQL answers, 0 if it does not. */
  postgresUp: 'PostgresUp',
  /** 1 if Redis answers, 0 if it does not. */
  redisUp: 'RedisUp',
  /** Hours since the last successful backup; before the first one, since the first measurement. */
  backupAge: 'LastGoodBackupAgeHours',
  /** Hours since a drill last restored a backup; before the first one, since the first measurement. */
  restoreProvenAge: 'RestoreProvenAgeHours',
  /** Days until the first certificate expires; 0 while one is missing. */
  certificateDaysLeft: 'CertificateDaysLeft',
  /** 1 after a failed backup, 0 after a successful one. */
  backupFailed: 'BackupFailed',
  /** 1 after a failed drill, 0 after a successful one. */
  drillFailed: 'DrillFailed',
  /** 1 while an installed update waits for a restart of the host, otherwise 0. */
  rebootPending: 'RebootPending',
  /** 1 while the configuration cannot be applied, otherwise 0. */
  applyFailed: 'ApplyFailed',
  /** 1 while a release is taken back: until it or another one succeeds. Otherwise 0. */
  releaseFailed: 'ReleaseFailed',
  /** 1 for each failed run of a scheduled job. */
  jobFailed: 'JobFailed',
} as const;
