/** Rules about environments that sleep: what may, when, and what is due in the meantime. */
import { managed } from '../calculations/placement';
import { comesOnlyAsleep, shortestPeriods } from '../calculations/sleep-times';
import { finding, findingIf } from './finding';
import { located } from './located';
import { defineRule, type Finding, type Rule } from './rule';

/** Minutes that going to sleep and waking may take, with the database. */
const SHORTEST_MINUTES = 60;

const isProtected = defineRule({
  id: 'sleep-protected',
  severity: 'refusal',
  summary: 'An environment under `protect` does not sleep.',
  reads: ['protect', 'sleep'],
  check: ({ protect, sleep }) =>
    findingIf(
      protect && sleep !== undefined,
      'sleep',
      sleep,
      'no sleep under `protect`: nothing may switch off what people rely on, and a stopped database makes no backups',
      'remove it, or set `protect: false`',
    ),
});

const times = defineRule({
  id: 'sleep-times',
  severity: 'refusal',
  summary: 'Each sleep, and each time between two, lasts an hour or more: a database needs part of it to stop and to start.',
  reads: ['sleep'],
  check: ({ sleep }) => {
    if (sleep === undefined) return [];
    const shortest = shortestPeriods(sleep);
    const received = `${sleep.from} until ${sleep.until}`;
    return [
      ...findingIf(
        shortest.asleep < SHORTEST_MINUTES,
        'sleep.until',
        received,
        `at least ${SHORTEST_MINUTES} minutes after \`from\`, now ${shortest.asleep}`,
        'write a later time',
      ),
      ...findingIf(
        shortest.awake < SHORTEST_MINUTES,
        'sleep.from',
        received,
        `at least ${SHORTEST_MINUTES} minutes after \`until\`, now ${shortest.awake}`,
        'write a later time',
      ),
    ];
  },
});

const replicas = defineRule({
  id: 'sleep-replicas',
  severity: 'refusal',
  summary: 'A database with read replicas is not stopped.',
  reads: ['sleep', 'database'],
  check: ({ sleep, database }) =>
    findingIf(
      sleep?.database === 'stopped' && Object.keys(managed(database)?.replicas ?? {}).length > 0,
      'sleep.database',
      sleep?.database,
      "'running': RDS stops no instance that has read replicas",
      "set it to 'running', or remove `database.replicas`",
    ),
});

const jobs = defineRule({
  id: 'sleep-jobs',
  severity: 'risk',
  summary: 'A scheduled job has times at which the environment is awake.',
  reads: ['sleep'],
  also: ['jobs'],
  check: ({ sleep, jobs: all }) =>
    located('jobs', all).flatMap(({ path, value: { schedule, timezone = 'UTC' } }) =>
      sleep === undefined || schedule === undefined || !comesOnlyAsleep(sleep, { schedule, timezone })
        ? []
        : [
            finding(
              `${path}.schedule`,
              `${schedule} ${timezone}`,
              `a time outside of sleep (${sleep.from} until ${sleep.until} ${sleep.timezone}): the job would never run`,
              'move it to a time at which the environment is awake',
            ),
          ],
    ),
});

const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The start of a window of RDS, in UTC, as a schedule: of `01:00-02:00` or `sun:03:00-sun:04:00`. */
function startOf(window: string): string | undefined {
  const [, day, hour, minute] = /^(?:([a-z]{3}):)?([01]\d|2[0-3]):([0-5]\d)-/.exec(window) ?? [];
  const weekday = day === undefined ? '*' : DAY_NAMES.indexOf(day);
  if (hour === undefined || minute === undefined || weekday === -1) return undefined;
  return `${Number(minute)} ${Number(hour)} * * ${weekday}`;
}

const windows = defineRule({
  id: 'sleep-windows',
  severity: 'risk',
  summary: 'A database that is stopped by `sleep` is running in its backup and maintenance windows.',
  reads: ['sleep', 'database'],
  check: ({ sleep, database }) => {
    const instance = managed(database);
    if (sleep?.database !== 'stopped' || instance === undefined) return [];
    const check = (field: 'backupWindow' | 'maintenanceWindow', reason: string): readonly Finding[] => {
      const schedule = startOf(instance[field]);
      // The rule about windows refuses one that cannot be read.
      if (schedule === undefined || !comesOnlyAsleep(sleep, { schedule, timezone: 'UTC' })) return [];
      const fix = `write \`${field}\` in UTC, at a time at which the environment is awake`;
      return [finding(`database.${field}`, instance[field], `a window outside of sleep: ${reason}`, fix)];
    };
    return [
      ...(instance.backupRetentionDays > 0 ? check('backupWindow', 'a stopped instance makes no daily backup') : []),
      ...check('maintenanceWindow', 'a stopped instance is not maintained, and its passwords cannot be rotated'),
    ];
  },
});

const copies = defineRule({
  id: 'sleep-backups',
  severity: 'risk',
  summary: 'AWS Backup copies no database that `sleep` stops.',
  reads: ['sleep', 'database', 'backups'],
  check: ({ sleep, database, backups }) =>
    findingIf(
      sleep?.database === 'stopped' && managed(database) !== undefined && backups !== undefined,
      'backups',
      backups,
      'no copies by AWS Backup of a database that is stopped at times: they are made at about 05:00 UTC, and fail while it is stopped',
      "remove it, since RDS makes backups too, or set sleep: { database: 'running' }",
    ),
});

export const SLEEP_RULES: readonly Rule[] = [isProtected, times, replicas, jobs, windows, copies];
