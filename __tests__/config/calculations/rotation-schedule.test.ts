/** When logins rotate. */
import { rotationSchedule } from '../../../src/config/calculations/rotation-schedule';

const WINDOW = 'sun:03:30-sun:04:30';

/** The longest time in days between two rotations of one of these schedules, over forty years. */
function longestDays(schedule: string): number {
  const [, hour, date, months = '*', weekday = '*'] = /^cron\(0 (\d+) (\S+) (\S+) (\S+) \*\)$/.exec(schedule) ?? [];
  expect(Number(hour)).toBe(3);
  const [day, first] = weekday.split('#');
  const every = Number(months.split('/')[1] ?? 1);
  const hits: number[] = [];
  for (let time = Date.UTC(2026, 0, 1); time < Date.UTC(2066, 0, 1); time += 86_400_000) {
    const now = new Date(time);
    if (now.getUTCMonth() % every !== 0) continue;
    if (date === '?' && now.getUTCDay() + 1 !== Number(day)) continue;
    if (first !== undefined && now.getUTCDate() > 7) continue;
    hits.push(time / 86_400_000);
  }
  return Math.max(...hits.slice(1).map((hit, index) => hit - (hits[index] ?? 0)));
}

describe('the schedule of a rotation', () => {
  it.each([1, 6, 7, 30, 34, 35, 62, 63, 90, 97, 98, 125, 126, 188, 189, 365, 1000])(
    'is never more than %d days apart',
    (days) => {
      expect(longestDays(rotationSchedule(days, WINDOW))).toBeLessThanOrEqual(days);
    },
  );

  it('is not needlessly frequent: one day less would be too seldom for it', () => {
    for (const days of [7, 35, 63, 98, 126, 189]) expect(longestDays(rotationSchedule(days, WINDOW))).toBe(days);
  });

  it('starts in the hour and on the day on which maintenance starts, in the notation of Secrets Manager', () => {
    expect(rotationSchedule(90, 'wed:23:00-thu:00:30')).toBe('cron(0 23 ? 1/2 4#1 *)');
    expect(rotationSchedule(35, 'sun:03:00-sun:04:00')).toBe('cron(0 3 ? * 1#1 *)');
    expect(rotationSchedule(7, 'sat:00:15-sat:01:15')).toBe('cron(0 0 ? * 7 *)');
    expect(rotationSchedule(1, 'sun:03:00-sun:04:00')).toBe('cron(0 3 * * ? *)');
  });
});
