/** Everything that happens at fixed times, each in the time zone that it is written in. Pure. */
import { minutesOfDay, parseCron, type Schedule } from '../../config/calculations/cron';
import type { ResolvedEnvironment } from '../../config/resolved/environment';

export interface Scheduled {
  readonly what: string;
  /** In words, in `timezone`. */
  readonly when: string;
  readonly timezone: string;
  /** The parts of the day, from 0 to 1440, in minutes: a moment has no length. */
  readonly spans: readonly { readonly from: number; readonly minutes: number }[];
  readonly job?: string;
}

/** Moments of a day that are drawn one by one; more are drawn as one span. */
const MOST_MOMENTS = 48;

export function schedulesOf({ workloads, data, tier }: ResolvedEnvironment): readonly Scheduled[] {
  const { database } = data;
  return [
    ...workloads.jobs.flatMap(({ key, schedule, timezone }) =>
      schedule === undefined ? [] : [{ ...atTimes(`job ${key}`, schedule, timezone), job: key }],
    ),
    ...(database?.placement === 'managed'
      ? [
          ...(database.backupRetentionDays > 0 ? [inWindow('database backup', database.backupWindow)] : []),
          inWindow('database maintenance', database.maintenanceWindow),
        ]
      : []),
    ...(tier.kind === 'box'
      ? [
          atTimes('backup of the host', tier.box.backup.schedule, tier.box.timezone),
          atTimes('restore test', tier.box.backup.drillSchedule, tier.box.timezone),
          atTimes('renewal of certificates', tier.box.certificateRenewal, tier.box.timezone),
          restart(tier.box.restartTime, tier.box.timezone),
        ]
      : []),
  ];
}

function atTimes(what: string, cron: string, timezone: string): Scheduled {
  const moments = minutesOfDay(cron);
  const spans = moments.length > MOST_MOMENTS ? [{ from: 0, minutes: 1440 }] : moments.map((from) => ({ from, minutes: 0 }));
  return { what, when: scheduleInWords(cron), timezone, spans };
}

function restart(time: string, timezone: string): Scheduled {
  const from = minuteOf(time);
  return { what: 'restart, if an update needs it', when: `every day at ${time}`, timezone, spans: [{ from, minutes: 0 }] };
}

const WINDOW = /^(?:([a-z]{3}):)?(\d\d:\d\d)-(?:[a-z]{3}:)?(\d\d:\d\d)$/;

/** A window as RDS writes it: `01:00-02:00`, `sun:03:00-sun:04:00`. */
function inWindow(what: string, window: string): Scheduled {
  const [, day, start = '00:00', end = '00:00'] = WINDOW.exec(window) ?? [];
  const [from, to] = [minuteOf(start), minuteOf(end)];
  const minutes = (to - from + 1440) % 1440;
  const weekday = DAYS.find((name) => name.toLowerCase().slice(0, 3) === day);
  const when = `${weekday === undefined ? 'every day' : `${weekday}s`} between ${start} and ${end}`;
  const spans =
    from + minutes <= 1440
      ? [{ from, minutes }]
      : [
          { from, minutes: 1440 - from },
          { from: 0, minutes: from + minutes - 1440 },
        ];
  return { what, when, timezone: 'UTC', spans };
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Five cron fields as a person says them: `every day at 02:00`, `Mondays at 04:00`, `every 15 minutes`. */
export function scheduleInWords(cron: string): string {
  const schedule = parseCron(cron);
  return [daysInWords(schedule), timesInWords(cron, schedule)].filter((part) => part !== '').join(' ');
}

function daysInWords({ daysOfMonth, months, weekdays }: Schedule): string {
  const inMonths = months === 'every' ? '' : ` in ${enumerate(months.map((month) => MONTHS[month - 1] ?? ''))}`;
  if (daysOfMonth !== 'every') {
    const days = `on day${daysOfMonth.length > 1 ? 's' : ''} ${enumerate(daysOfMonth.map(String))}`;
    return months === 'every' ? `${days} of every month` : `${days}${inMonths}`;
  }
  if (weekdays === 'every') return `every day${inMonths}`;
  if (weekdays.join() === '1,2,3,4,5') return `Monday to Friday${inMonths}`;
  return `${enumerate(weekdays.map((day) => `${DAYS[day] ?? ''}s`))}${inMonths}`;
}

/** Times of a day that are listed; more are described by their distance or their number. */
const MOST_TIMES = 4;

function timesInWords(cron: string, { minutes, hours }: Schedule): string {
  if (minutes === 'every' && hours === 'every') return 'every minute';
  const times = minutesOfDay(cron);
  if (times.length <= MOST_TIMES) return `at ${enumerate(times.map(clock))}`;
  const gaps = new Set(times.map((time, index) => (times[index + 1] ?? (times[0] ?? 0) + 1440) - time));
  const [gap = 0] = gaps;
  if (gaps.size > 1) return `${times.length} times, from ${clock(times[0] ?? 0)} to ${clock(times.at(-1) ?? 0)}`;
  const distance = gap % 60 === 0 ? (gap === 60 ? 'every hour' : `every ${gap / 60} hours`) : `every ${gap} minutes`;
  return (times[0] ?? 0) === 0 ? distance : `${distance}, from ${clock(times[0] ?? 0)}`;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function enumerate(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** The longest time between two runs, in hours, as far as the fields of a week say; undefined for schedules by day of the month. */
export function longestGapHours(cron: string): number | undefined {
  const { daysOfMonth, months, weekdays } = parseCron(cron);
  if (daysOfMonth !== 'every' || months !== 'every') return undefined;
  const days = weekdays === 'every' ? [0, 1, 2, 3, 4, 5, 6] : weekdays;
  const moments = days.flatMap((day) => minutesOfDay(cron).map((minute) => day * 1440 + minute));
  const gaps = moments.map((moment, index) => (moments[index + 1] ?? (moments[0] ?? 0) + 7 * 1440) - moment);
  return Math.max(...gaps) / 60;
}
