/** When an environment sleeps: hours by hand, and jobs in other time zones. */
import { asleepShare, comesOnlyAsleep, shortestPeriods } from '../../../src/config/calculations/sleep-times';

const nights = { from: '0 20 * * 1-5', until: '0 7 * * 1-5', timezone: 'Europe/Berlin' };

describe('the share of the time asleep', () => {
  it.each([
    // Awake for 13 hours on five days: 65 of the 168 hours of a week.
    ['nights and weekends', nights, 103 / 168],
    ['each night', { ...nights, from: '0 22 * * *', until: '0 6 * * *' }, 8 / 24],
    ['the night over the turn of the year', { ...nights, from: '30 23 * * *', until: '0 1 * * *' }, 1.5 / 24],
    ['weekends only', { ...nights, from: '0 0 * * 6', until: '0 0 * * 1' }, 48 / 168],
    ['one month', { ...nights, from: '0 0 1 8 *', until: '0 0 1 9 *' }, 31 / 366],
  ])('%s', (_, times, share) => expect(asleepShare(times)).toBeCloseTo(share, 10));

  it('counts a sleep that begins several times once', () => {
    expect(asleepShare({ ...nights, from: '0 20,21,22 * * *', until: '0 8 * * *' })).toBeCloseTo(0.5, 5);
  });
});

describe('the shortest periods', () => {
  it('are those of the closest times', () => {
    expect(shortestPeriods(nights)).toEqual({ asleep: 11 * 60, awake: 13 * 60 });
    expect(shortestPeriods({ ...nights, from: '0 20 * * *', until: '30 20 * * *' })).toEqual({ asleep: 30, awake: 23.5 * 60 });
    expect(shortestPeriods({ ...nights, from: '0 20 * * *', until: '0 20 * * 1' })).toEqual({ asleep: 0, awake: 0 });
  });

  it('are found in little time where schedules come at every second minute', () => {
    const before = process.cpuUsage();
    expect(shortestPeriods({ ...nights, from: '*/2 * * * *', until: '1-59/2 * * * *' })).toEqual({ asleep: 1, awake: 1 });
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2);
  });
});

describe('a schedule', () => {
  it.each([
    ['in the night', '0 2 * * *', 'Europe/Berlin', true],
    ['in the day', '0 12 * * *', 'Europe/Berlin', false],
    ['on Sunday', '0 12 * * 0', 'Europe/Berlin', true],
    ['all the time', '*/5 * * * *', 'UTC', false],
    ['in the morning of Berlin, written in UTC', '30 5 * * 1-5', 'UTC', false],
    ['before the morning of Berlin, written in UTC', '30 4 * * 1-5', 'UTC', true],
    ['in the day of Tokyo, which is the night of Berlin', '0 11 * * *', 'Asia/Tokyo', true],
  ])('%s', (_, schedule, timezone, asleep) => expect(comesOnlyAsleep(nights, { schedule, timezone })).toBe(asleep));
});
