/** Arithmetic on RDS's backup and maintenance windows, in minutes of UTC. Pure. */

/** RDS accepts no shorter window. Source: RDS API reference, CreateDBInstance. */
export const SHORTEST_WINDOW_MINUTES = 30;

const DAY = 24 * 60;
const WEEK = 7 * DAY;
const DAYS: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** A recurring window: its start within the period, and its length. */
export interface Window {
  readonly startMinute: number;
  readonly minutes: number;
}

function minuteOfDay(text: string): number | undefined {
  const [hours = NaN, minutes = NaN] = text.split(':').map(Number);
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : undefined;
}

function minuteOfWeek(text: string): number | undefined {
  const day = DAYS.indexOf(text.slice(0, 3));
  const minute = minuteOfDay(text.slice(4));
  return day < 0 || minute === undefined ? undefined : day * DAY + minute;
}

function windowBetween(start: number | undefined, end: number | undefined, period: number): Window | undefined {
  if (start === undefined || end === undefined) return undefined;
  const minutes = (end - start + period) % period;
  return minutes >= SHORTEST_WINDOW_MINUTES && minutes <= DAY ? { startMinute: start, minutes } : undefined;
}

/** `01:00-02:00`; undefined when it is no time or too short. */
export function parseDaily(text: string): Window | undefined {
  const [start = '', end = ''] = text.split('-');
  return windowBetween(minuteOfDay(start), minuteOfDay(end), DAY);
}

/** `sun:03:00-sun:04:00`; undefined when it is no time, too short, or longer than a day. */
export function parseWeekly(text: string): Window | undefined {
  const [start = '', end = ''] = text.split('-');
  return windowBetween(minuteOfWeek(start), minuteOfWeek(end), WEEK);
}

/** Whether the daily window overlaps the weekly one on any day. */
export function backupDuring(daily: Window, weekly: Window): boolean {
  return DAYS.some((_, day) => {
    const distance = (day * DAY + daily.startMinute - weekly.startMinute + WEEK) % WEEK;
    return distance < weekly.minutes || WEEK - distance < daily.minutes;
  });
}
