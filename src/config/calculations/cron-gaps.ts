/** The times between the runs of a schedule. Pure. */
import { comesOn, minutesOfDay, parseCron } from './cron';

/** The shortest and the longest time between two runs, in minutes. */
export interface Gaps {
  readonly shortest: number;
  readonly longest: number;
}

const MINUTES_OF_DAY = 24 * 60;

/** Eight years from a leap year on, so that the 29th of February comes twice. */
const FIRST_DAY = Date.UTC(2024, 0, 1) / 86_400_000;
const DAYS = 8 * 365 + 2;

/** A change of the clocks moves a run by an hour, which is not counted. */
export function gapsOf(text: string): Gaps {
  const schedule = parseCron(text);
  const minutes = minutesOfDay(text);
  const [first = 0, last = first] = [minutes[0], minutes.at(-1)];
  const gaps = minutes.slice(1).map((minute, index) => minute - (minutes[index] ?? 0));
  let before: number | undefined;
  for (let day = 0; day < DAYS; day += 1) {
    if (!comesOn(schedule, new Date((FIRST_DAY + day) * 86_400_000))) continue;
    if (before !== undefined) gaps.push(day * MINUTES_OF_DAY + first - before);
    before = day * MINUTES_OF_DAY + last;
  }
  return { shortest: minimum(gaps), longest: gaps.reduce((one, other) => Math.max(one, other), 0) };
}

function minimum(gaps: readonly number[]): number {
  return gaps.reduce((one, other) => Math.min(one, other), Infinity);
}
