import { cronProblem, parseCron, toEventBridge, toKubernetes, toOnCalendar } from '../../../src/config/calculations/cron';
import { isTimeZone } from '../../../src/config/calculations/time-zones';

describe('EventBridge', () => {
  it.each([
    ['0 2 * * *', 'cron(0 2 * * ? *)'],
    ['*/15 * * * *', 'cron(0,15,30,45 * * * ? *)'],
    ['30 8-18 1,15 * ?', 'cron(30 8-18 1,15 * ? *)'],
    ['0 0 1 jan-mar *', 'cron(0 0 1 1-3 ? *)'],
    ['* * * * *', 'cron(* * * * ? *)'],
    ['0 0 */2 * *', 'cron(0 0 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * ? *)'],
  ])('says the moments of "%s" as %s', (cron, expected) => expect(toEventBridge(cron)).toBe(expected));

  it.each([
    ['Sunday as 0', '0 3 * * 0', '1'],
    ['Sunday as 7', '0 3 * * 7', '1'],
    ['Sunday by name', '0 3 * * SUN', '1'],
    ['Monday to Friday', '0 3 * * 1-5', '2-6'],
    ['Monday to Friday by name', '0 3 * * mon-fri', '2-6'],
    ['Friday to Sunday', '0 3 * * 5-7', '1,6,7'],
  ])('counts weekdays from 1: %s', (_, cron, weekday) => expect(toEventBridge(cron)).toBe(`cron(0 3 ? * ${weekday} *)`));

  it('puts the question mark in exactly one of the two day fields', () => {
    for (const cron of ['0 0 * * *', '0 0 5 * *', '0 0 * * 1', '0 0 ? * 1', '0 0 5 * ?', '0 0 * * 0-6', '0 0 1-31 * 1']) {
      const fields = toEventBridge(cron).slice(5, -1).split(' ');
      expect([fields[2], fields[4]].filter((field) => field === '?')).toHaveLength(1);
      expect(fields).toHaveLength(6);
    }
  });
});

describe('systemd', () => {
  it.each([
    ['0 2 * * *', '*-*-* 02:00:00 UTC'],
    ['*/15 * * * *', '*-*-* *:00,15,30,45:00 UTC'],
    ['0 9-17 * * 1-5', 'Mon..Fri *-*-* 09..17:00:00 UTC'],
    ['5 4 1 12 *', '*-12-01 04:05:00 UTC'],
    ['0 0 * * 5-7', 'Fri..Sun *-*-* 00:00:00 UTC'],
    ['0 0 * * sun,wed', 'Wed,Sun *-*-* 00:00:00 UTC'],
  ])('says the moments of "%s" as %s', (cron, expected) => expect(toOnCalendar(cron)).toBe(expected));
});

describe('Kubernetes', () => {
  it.each(['0 2 * * *', '*/15 * * * *', '0 9-17 * * mon-fri'])('reads "%s" unchanged', (cron) =>
    expect(toKubernetes(cron)).toBe(cron),
  );

  it.each([
    ['0 3 * * 7', '0 3 * * 0'],
    ['0 3 * * 5-7', '0 3 * * 0,5,6'],
    ['0 3 * * 1-7', '0 3 * * *'],
  ])('does not know Sunday as 7: "%s" becomes "%s"', (cron, expected) => expect(toKubernetes(cron)).toBe(expected));
});

describe('what cannot be expressed is refused, in words', () => {
  it.each([
    ['both day fields restricted', '0 2 1 * 1', 'restrict one of them'],
    ['a day that never comes', '0 2 31 2 *', 'never comes'],
    ['four fields', '0 2 * *', 'write five'],
    ['six fields', '0 2 * * ? *', 'write five'],
    ['a minute too large', '60 2 * * *', 'minute "60"'],
    ['an hour too large', '0 24 * * *', 'hour "24"'],
    ['a day of month 0', '0 0 0 * *', 'day of month "0"'],
    ['a month too large', '0 0 1 13 *', 'month "13"'],
    ['a weekday too large', '0 0 * * 8', 'day of week "8"'],
    ['a range that runs backwards', '0 0 * * fri-mon', 'runs backwards'],
    ['a step of nothing', '*/0 * * * *', 'minute "*/0"'],
    ['a step without a number', '*/ * * * *', 'minute "*/"'],
    ['a step without a range', '5/10 * * * *', '5-59/'],
    ['a question mark in a field other than a day', '? * * * *', 'minute "?"'],
    ['last day of the month', '0 0 L * *', 'day of month "L"'],
    ['an empty list entry', '0,,5 * * * *', 'minute ""'],
    ['a rate', 'rate(5 minutes)', 'write five'],
  ])('%s', (_, cron, words) => {
    expect(cronProblem(cron)).toContain(words);
    expect(() => parseCron(cron)).toThrow(RangeError);
  });

  it('29 February comes, if seldom', () => expect(cronProblem('0 0 29 2 *')).toBeUndefined());
});

describe('time zones', () => {
  it.each(['UTC', 'Europe/Berlin', 'Asia/Singapore', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires', 'Etc/GMT+8'])(
    'are names of the IANA database: %s',
    (name) => expect(isTimeZone(name)).toBe(true),
  );

  it.each(['', 'utc', 'Local', 'CET', '+02:00', 'europe/berlin', 'Europe/berlin', 'Europe/Bonn', 'Europe/../Berlin', 'Berlin'])(
    'are refused when a tier might not read them: "%s"',
    (name) => expect(isTimeZone(name)).toBe(false),
  );

  it('are part of a calendar event of systemd', () =>
    expect(toOnCalendar('30 2 * * 1-5', 'Europe/Berlin')).toBe('Mon..Fri *-*-* 02:30:00 Europe/Berlin'));
});
