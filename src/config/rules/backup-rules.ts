/** Rules about backups of the database, and about its backup and maintenance windows. */
import { managed } from '../calculations/placement';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';
import { backupDuring, parseDaily, parseWeekly, SHORTEST_WINDOW_MINUTES } from './windows';

const protectedBackups = defineRule({
  id: 'protected-backups',
  severity: 'refusal',
  summary: 'Under `protect` the database is backed up.',
  reads: ['protect', 'database'],
  check: ({ protect, database }) =>
    findingIf(
      protect && managed(database)?.backupRetentionDays === 0,
      'database.backupRetentionDays',
      0,
      '1 to 35 days under `protect`',
      'set it to 7 or more',
    ),
});

const unprotectedBackups = defineRule({
  id: 'unprotected-backups',
  severity: 'warning',
  summary: 'The database of an unprotected environment is backed up as well.',
  reads: ['protect', 'database'],
  check: ({ protect, database }) =>
    findingIf(
      !protect && managed(database)?.backupRetentionDays === 0,
      'database.backupRetentionDays',
      0,
      'without backups, deleted rows cannot be restored',
      'set it to 1 or more',
    ),
});

const replicaBackups = defineRule({
  id: 'replica-backups',
  severity: 'refusal',
  summary: 'A database with read replicas has backups: RDS creates replicas from them.',
  reads: ['database'],
  check: ({ database }) => {
    const { backupRetentionDays, replicas = {} } = managed(database) ?? {};
    const clash = backupRetentionDays === 0 && Object.keys(replicas).length > 0;
    return findingIf(
      clash,
      'database.backupRetentionDays',
      0,
      '1 to 35 days when there are replicas',
      'set it to 1 or more, or remove the replicas',
    );
  },
});

const windowsFit = defineRule({
  id: 'database-windows',
  severity: 'refusal',
  summary: 'Backup and maintenance windows are valid times, last at least 30 minutes, and do not overlap.',
  reads: ['database'],
  check: ({ database }) => {
    if (database?.placement !== 'managed') return [];
    const { backupWindow, maintenanceWindow } = database;
    const [daily, weekly] = [parseDaily(backupWindow), parseWeekly(maintenanceWindow)];
    const long = `at least ${SHORTEST_WINDOW_MINUTES} minutes`;
    if (daily === undefined || weekly === undefined) {
      return [
        ...findingIf(
          daily === undefined,
          'database.backupWindow',
          backupWindow,
          `hours 00-23 and minutes 00-59, ${long}`,
          'write it as "01:00-02:00"',
        ),
        ...findingIf(
          weekly === undefined,
          'database.maintenanceWindow',
          maintenanceWindow,
          `a day from mon to sun and a time, ${long} and at most a day`,
          'write it as "sun:03:00-sun:04:00"',
        ),
      ];
    }
    return findingIf(
      backupDuring(daily, weekly),
      'database.maintenanceWindow',
      maintenanceWindow,
      `a window that does not overlap the backup window ${backupWindow}`,
      'move one of the two',
    );
  },
});

const drillSubject = defineRule({
  id: 'restore-drill-subject',
  severity: 'refusal',
  summary: 'A restore drill has something to restore: a managed database, or a file system with `backup`.',
  reads: ['protect', 'database', 'backups', 'fileSystems'],
  check: ({ protect, database, backups, fileSystems }) =>
    findingIf(
      backups?.restoreDrill !== undefined &&
        managed(database) === undefined &&
        !Object.values(fileSystems).some(({ backup }) => backup ?? protect),
      'backups.restoreDrill',
      backups?.restoreDrill,
      'a managed database or a file system with `backup`, which AWS Backup copies',
      'remove it; the host of a box tests the restore of its own database: `box.backup.drillSchedule`',
    ),
});

export const BACKUP_RULES: readonly Rule[] = [protectedBackups, unprotectedBackups, replicaBackups, windowsFit, drillSubject];
