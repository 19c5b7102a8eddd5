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

/** What was calculated: rules and alarms ask again and again for the few schedules of an environment. */
const KNOWN = new Map<string, Gaps>();

/** A change of the clocks moves a run by an hour, which is not counted. */
export function gapsOf(text: string): Gaps {
  const gaps = KNOWN.get(text) ?? calculated(text);
  KNOWN.set(text, gaps);
  return gaps;
}

function calculated(text: string): Gaps {
  const schedule = parseCron(text);
  const minutes = minutesOfDay(text);
  const [first = 0, last = first] = [minutes[0], minutes.at(-1)];
  const gaps = minutes.slice(1).map((minute, index) => minute - (minutes[index] ?? 0));
  let [shortest, longest] = [Math.min(...gaps), Math.max(0, ...gaps)];
  let before: number | undefined;
  for (let day = 0; day < DAYS; day += 1) {
    if (!comesOn(schedule, new Date((FIRST_DAY + day) * 86_400_000))) continue;
    if (before !== undefined) {
      const gap = day * MINUTES_OF_DAY + first - before;
      [shortest, longest] = [Math.min(shortest, gap), Math.max(longest, gap)];
    }
    before = day * MINUTES_OF_DAY + last;
  }
  return { shortest, longest };
}
