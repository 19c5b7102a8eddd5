/**
 * When an environment sleeps, calculated over one year of its own time zone. Pure.
 *
 * The year has 52 weeks where all schedules are the same each week, so that it begins as it ends; otherwise it is 2028, which has a
 * 29 February. Changes of the clocks are left out: twice a year a sleep is an hour longer or shorter.
 */
import { comesOn, minutesOfDay, parseCron } from './cron';

/** Two schedules, and the time zone of both. */
export interface SleepTimes {
  readonly from: string;
  readonly until: string;
  readonly timezone: string;
}

const YEAR = 2028;
const DAY_MINUTES = 24 * 60;

/** Days of the year in which schedules are compared. */
function daysFor(schedules: readonly string[]): number {
  const weekly = schedules.map(parseCron).every(({ daysOfMonth, months }) => daysOfMonth === 'every' && months === 'every');
  return weekly ? 52 * 7 : 366;
}

/** The minutes of the year at which a schedule comes, ascending. */
function minutesOfYear(schedule: string, days: number): readonly number[] {
  const parsed = parseCron(schedule);
  const minutes = minutesOfDay(schedule);
  return Array.from({ length: days }, (_, day) => day).flatMap((day) =>
    comesOn(parsed, new Date(Date.UTC(YEAR, 0, day + 1))) ? minutes.map((minute) => day * DAY_MINUTES + minute) : [],
  );
}

/** A period of the year in its minutes; the last one may end in the next year. */
interface Period {
  readonly start: number;
  readonly end: number;
}

/** The periods from each first `begin` to the `end` that follows it. Neither is empty: every schedule comes in a leap year. */
function periods(begin: readonly number[], end: readonly number[], days: number): readonly Period[] {
  const found: Period[] = [];
  let next = 0;
  for (const start of begin) {
    const previous = found.at(-1);
    if (previous !== undefined && start < previous.end) continue;
    while (next < end.length && (end[next] ?? 0) <= start) next += 1;
    found.push({ start, end: end[next] ?? (end[0] ?? 0) + days * DAY_MINUTES });
  }
  return found;
}

function asleep({ from, until }: SleepTimes, days: number): readonly Period[] {
  return periods(minutesOfYear(from, days), minutesOfYear(until, days), days);
}

const lengthOf = ({ start, end }: Period): number => end - start;

/** The share of the time for which an environment sleeps, from 0 to 1. */
export function asleepShare(times: SleepTimes): number {
  const days = daysFor([times.from, times.until]);
  const minutes = asleep(times, days).reduce((sum, period) => sum + lengthOf(period), 0);
  return Math.min(1, minutes / (days * DAY_MINUTES));
}

/** The shortest sleep and the shortest time between two, in minutes; 0 where both schedules come at the same time. */
export function shortestPeriods(times: SleepTimes): { readonly asleep: number; readonly awake: number } {
  const days = daysFor([times.from, times.until]);
  const [from, until] = [minutesOfYear(times.from, days), minutesOfYear(times.until, days)];
  const waking = new Set(until);
  if (from.some((minute) => waking.has(minute))) return { asleep: 0, awake: 0 };
  return { asleep: shortest(periods(from, until, days)), awake: shortest(periods(until, from, days)) };
}

/** A year can have half a million periods: more than a call can have arguments. */
function shortest(all: readonly Period[]): number {
  return all.reduce((least, period) => Math.min(least, lengthOf(period)), Infinity);
}

/** A schedule of something that needs the environment. */
export interface Due {
  /** Five cron fields. */
  readonly schedule: string;
  readonly timezone: string;
}

/** Whether every time of a schedule is in a sleep. */
export function comesOnlyAsleep(times: SleepTimes, { schedule, timezone }: Due): boolean {
  const days = daysFor([times.from, times.until, schedule]);
  const length = days * DAY_MINUTES;
  const sleeps = asleep(times, days);
  const due = minutesOfYear(schedule, days);
  return due.every((minute) => {
    const at = (minute + shift(minute, timezone, times.timezone) + length) % length;
    return sleeps.some(({ start, end }) => (start <= at && at < end) || at + length < end);
  });
}

/** Minutes by which the clocks of one zone are behind those of another on the day of a minute. */
function shift(minute: number, zone: string, other: string): number {
  if (zone === other) return 0;
  const noon = new Date(Date.UTC(YEAR, 0, 1 + Math.floor(minute / DAY_MINUTES), 12));
  return offset(noon, other) - offset(noon, zone);
}

const OFFSETS = new Map<string, number>();

/** Minutes by which the clocks of a zone are ahead of UTC. */
function offset(moment: Date, zone: string): number {
  const key = `${zone} ${moment.getTime()}`;
  const known = OFFSETS.get(key);
  if (known !== undefined) return known;
  const text = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).format(moment);
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? [];
  const value = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  OFFSETS.set(key, value);
  return value;
}
