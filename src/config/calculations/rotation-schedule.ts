/**
 * When logins rotate: often enough, in the hour in which the database's maintenance window starts. Pure.
 *
 * Secrets Manager's intervals in days open a rotation window at midnight; only a cron expression starts it at another hour.
 * Source: Secrets Manager user guide, "Rotation schedules".
 */

/** Months between rotations on the first such weekday of a month, and the longest interval in days that results. */
const MONTHLY = [
  { months: 6, longestDays: 189 },
  { months: 4, longestDays: 126 },
  { months: 3, longestDays: 98 },
  { months: 2, longestDays: 63 },
  { months: 1, longestDays: 35 },
] as const;

const DAYS_OF_WEEK = 7;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Length of the rotation window, as Secrets Manager writes it: its shortest. */
export const ROTATION_WINDOW = '1h';

/**
 * The schedule of rotations that are at most `days` apart.
 * @param maintenanceWindow in UTC, as RDS writes it: `sun:03:00-sun:04:00`
 */
export function rotationSchedule(days: number, maintenanceWindow: string): string {
  const [weekday = '', hour = ''] = maintenanceWindow.split(':');
  const at = `0 ${Number(hour)}`;
  // Secrets Manager counts days of the week from 1, Sunday.
  const day = WEEKDAYS.indexOf(weekday) + 1;
  if (days < DAYS_OF_WEEK) return `cron(${at} * * ? *)`;
  const monthly = MONTHLY.find(({ longestDays }) => longestDays <= days);
  if (monthly === undefined) return `cron(${at} ? * ${day} *)`;
  return `cron(${at} ? ${monthly.months === 1 ? '*' : `1/${monthly.months}`} ${day}#1 *)`;
}
