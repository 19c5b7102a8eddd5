/** Inputs about sleep that are refused and accepted. */
import { boxed } from '../../support/boxed';
import type { Accepted, Refused } from '../../support/refusals';
import { changed, type Change, type Json } from '../../support/rich';

/** An environment that sleeps at night, with windows and a job in the day. */
function sleeping(change: Change = () => undefined): Json {
  return changed((e) => {
    e.sleep = { from: '0 20 * * 1-5', until: '0 7 * * 1-5', timezone: 'Europe/Berlin' };
    e.database.backupWindow = '10:00-11:00';
    e.database.maintenanceWindow = 'wed:12:00-wed:13:00';
    e.jobs.sync.schedule = '0 12 * * *';
    change(e);
  });
}

// prettier-ignore
export const REFUSED_ASLEEP: readonly Refused[] = [
  ['sleep under protect', sleeping((e) => (e.protect = true)), 'sleep', 'sleep-protected', /protect: false/],
  ['a time to wake that is a time to sleep', sleeping((e) => (e.sleep.until = '0 20 * * *')), 'sleep.until', 'sleep-times', /now 0 write a later time/],
  ['a sleep of half an hour', sleeping((e) => (e.sleep.until = '30 20 * * 1-5')), 'sleep.until', 'sleep-times', /60 minutes.*now 30/],
  ['half an hour between two sleeps', sleeping((e) => Object.assign(e.sleep, { from: '30 7 * * *', until: '0 7 * * *' })), 'sleep.from', 'sleep-times', /now 30/],
  ['a cron line of four fields', sleeping((e) => (e.sleep.from = '0 20 * *')), 'sleep.from', undefined, /five cron fields/],
  ['a time zone that does not exist', sleeping((e) => (e.sleep.timezone = 'CET')), 'sleep.timezone', undefined, /Europe\/Berlin/],
  ['replicas of a database that is stopped', sleeping((e) => (e.database.replicas = { reports: {} })), 'sleep.database', 'sleep-replicas', /'running'/],
  ['a job that would never run', sleeping((e) => (e.jobs.sync.schedule = '0 2 * * *')), 'jobs.sync.schedule', 'sleep-jobs', /never run.*acknowledge/],
  ['backups of a database that is stopped then', sleeping((e) => (e.database.backupWindow = '01:00-02:00')), 'database.backupWindow', 'sleep-windows', /no daily backup.*acknowledge/],
  ['maintenance of a database that is stopped then', sleeping((e) => (e.database.maintenanceWindow = 'sun:03:00-sun:04:00')), 'database.maintenanceWindow', 'sleep-windows', /rotated/],
  ['copies of a database that is stopped', sleeping((e) => (e.backups = {})), 'backups', 'sleep-backups', /05:00 UTC/],
];

export const ACCEPTED_ASLEEP: readonly Accepted[] = [
  ['an environment that sleeps', sleeping()],
  [
    'one whose database keeps running, with the default windows, and copies',
    sleeping((e) => {
      e.sleep.database = 'running';
      Object.assign(e.database, {
        backupWindow: '01:00-02:00',
        maintenanceWindow: 'sun:03:00-sun:04:00',
      });
      e.backups = {};
    }),
  ],
  ['a job that runs now and then while the environment is awake', sleeping((e) => (e.jobs.sync.schedule = '*/10 * * * *'))],
  [
    'a window of a database without backups',
    sleeping((e) => Object.assign(e.database, { backupWindow: '01:00-02:00', backupRetentionDays: 0 })),
  ],
  ['a host that sleeps with its database', boxed({ sleep: { from: '0 20 * * *', until: '0 7 * * *' } })],
];
