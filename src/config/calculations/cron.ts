/**
 * Schedules: five cron fields, and the same moments as EventBridge, systemd and Kubernetes write them. Pure.
 *
 *   minute  hour  day-of-month  month  day-of-week
 *   0-59    0-23  1-31          1-12   0-7 (0 and 7 are Sunday; EventBridge counts 1-7 from Sunday)
 *
 * A text is read into sets of values, and each dialect is written from the sets: steps, names and Sunday as 7, which the
 * dialects write differently, then need no translation.
 */

interface Field {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Names of values; the first is the name of `first`. */
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const MINUTE: Field = { name: 'minute', first: 0, last: 59, names: [] };
const HOUR: Field = { name: 'hour', first: 0, last: 23, names: [] };
const DAY_OF_MONTH: Field = { name: 'day of month', first: 1, last: 31, names: [] };
const MONTH: Field = { name: 'month', first: 1, last: 12, names: MONTHS };
const DAY_OF_WEEK: Field = { name: 'day of week', first: 0, last: 7, names: WEEKDAYS };
const FIELDS = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK] as const;

/** The most days that each month can have, January first. */
const LONGEST_MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Ascending values; `every` when the field does not restrict anything. */
type Values = 'every' | readonly number[];

/** A schedule as sets of values. Weekdays run from 0, Sunday, to 6. */
export interface Schedule {
  readonly minutes: Values;
  readonly hours: Values;
  readonly daysOfMonth: Values;
  readonly months: Values;
  readonly weekdays: Values;
}

/**
 * Reads five cron fields.
 * @throws RangeError with a readable message: which field, its allowed values, or why not every dialect can express the schedule
 */
export function parseCron(text: string): Schedule {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    throw new RangeError(`"${text}" has ${fields.length} fields; write five: minute hour day-of-month month day-of-week`);
  }
  const [minutes, hours, daysOfMonth, months, rawWeekdays] = FIELDS.map((field, index) =>
    valuesOf(field, fields[index] ?? ''),
  ) as [Values, Values, Values, Values, Values];
  const schedule = { minutes, hours, daysOfMonth, months, weekdays: sundayAsZero(rawWeekdays) };
  refuseInexpressible(text, schedule);
  return schedule;
}

/** The minutes of a day, from 0 to 1439 and ascending, at which a schedule can come, whatever the day. */
export function minutesOfDay(text: string): readonly number[] {
  const { minutes, hours } = parseCron(text);
  const all = (values: Values, { last }: Field) =>
    values === 'every' ? Array.from({ length: last + 1 }, (_, at) => at) : values;
  return all(hours, HOUR).flatMap((hour) => all(minutes, MINUTE).map((minute) => hour * 60 + minute));
}

/** Whether a schedule comes on a day, in UTC; the time of day is that of `minutesOfDay`. */
export function comesOn({ daysOfMonth, months, weekdays }: Schedule, day: Date): boolean {
  const holds = (values: Values, value: number): boolean => values === 'every' || values.includes(value);
  return holds(months, day.getUTCMonth() + 1) && holds(daysOfMonth, day.getUTCDate()) && holds(weekdays, day.getUTCDay());
}

/** What is wrong with a schedule, or `undefined`. */
export function cronProblem(text: string): string | undefined {
  try {
    parseCron(text);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/**
 * EventBridge's six fields, the last the year: `cron(0 2 * * ? *)`.
 * It wants `?` in exactly one of the two day fields, and counts weekdays from 1, Sunday.
 */
export function toEventBridge(text: string): string {
  const { minutes, hours, daysOfMonth, months, weekdays } = parseCron(text);
  const write = (values: Values) => (values === 'every' ? '*' : runs(values, '-', String));
  const fields = [
    write(minutes),
    write(hours),
    weekdays === 'every' ? write(daysOfMonth) : '?',
    write(months),
    weekdays === 'every'
      ? '?'
      : runs(
          weekdays.map((day) => day + 1),
          '-',
          String,
        ),
    '*',
  ];
  return `cron(${fields.join(' ')})`;
}

/** systemd's calendar event: `*-*-* 02:00:00 UTC`, `Mon..Fri *-*-* 09..17:00:00 Europe/Berlin`. */
export function toOnCalendar(text: string, timezone = 'UTC'): string {
  const { minutes, hours, daysOfMonth, months, weekdays } = parseCron(text);
  const write = (values: Values) => (values === 'every' ? '*' : runs(values, '..', (value) => String(value).padStart(2, '0')));
  const days = weekdays === 'every' ? '' : `${weekdayRuns(weekdays)} `;
  return `${days}*-${write(months)}-${write(daysOfMonth)} ${write(hours)}:${write(minutes)}:00 ${timezone}`;
}

/** Kubernetes reads cron as it is written, except that it knows Sunday only as 0. */
export function toKubernetes(text: string): string {
  const { weekdays } = parseCron(text);
  const fields = text.trim().split(/\s+/);
  if (!fields[4]?.includes('7')) return fields.join(' ');
  return [...fields.slice(0, 4), weekdays === 'every' ? '*' : runs(weekdays, '-', String)].join(' ');
}

function valuesOf(field: Field, text: string): Values {
  const values = new Set(text.split(',').flatMap((part) => partOf(field, part)));
  const all = field.last - field.first + 1;
  return values.size === all ? 'every' : [...values].sort((one, other) => one - other);
}

/** One part of a list: `*`, `5`, `mon`, `1-5`, each with a step behind a slash where it is a range. */
function partOf(field: Field, part: string): number[] {
  const [range = '', stepText, ...rest] = part.toLowerCase().split('/');
  const step = stepText === undefined ? 1 : Number(stepText);
  if (rest.length > 0 || !Number.isInteger(step) || step < 1 || stepText === '') throw unreadable(field, part);
  const [from, to] = boundsOf(field, part, range, stepText !== undefined);
  if (from > to) throw new RangeError(`${field.name} "${part}" runs backwards; write the smaller value first, or two ranges`);
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function boundsOf(field: Field, part: string, range: string, stepped: boolean): [number, number] {
  if (range === '*' || (range === '?' && (field === DAY_OF_MONTH || field === DAY_OF_WEEK))) return [field.first, field.last];
  const ends = range.split('-').map((end) => valueOf(field, part, end));
  const [from, to] = ends;
  if (from === undefined || ends.length > 2) throw unreadable(field, part);
  // "5/10" is read as "from 5 on" by EventBridge and Kubernetes and not at all by crontab: "5-59/10" is clear in all three.
  if (to === undefined && stepped)
    throw new RangeError(`${field.name} "${part}" has a step without a range; write "${range}-${field.last}/…"`);
  return [from, to ?? from];
}

function valueOf(field: Field, part: string, text: string): number {
  const named = field.names.indexOf(text);
  const value = named >= 0 ? named + field.first : /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (!(value >= field.first && value <= field.last)) throw unreadable(field, part);
  return value;
}

function unreadable({ name, first, last, names }: Field, part: string): RangeError {
  const named = names.length > 0 ? ` or ${names[0]}-${names.at(-1)}` : '';
  return new RangeError(
    `${name} "${part}" cannot be read; it may hold ${first}-${last}${named}, "*", ranges "a-b", steps "*/n", and lists of them`,
  );
}

/** Sunday may be written as 0 or 7; afterwards it is 0. */
function sundayAsZero(values: Values): Values {
  if (values === 'every') return values;
  const days = [...new Set(values.map((day) => day % 7))].sort((one, other) => one - other);
  return days.length === 7 ? 'every' : days;
}

/** Cron means "either" by two restricted day fields, EventBridge refuses them, systemd means "both". */
function refuseInexpressible(text: string, { daysOfMonth, months, weekdays }: Schedule): void {
  if (daysOfMonth === 'every') return;
  if (weekdays !== 'every') {
    throw new RangeError(
      `"${text}" restricts the day of the month and the day of the week; EventBridge cannot express that: restrict one of them`,
    );
  }
  const longest = Math.max(...LONGEST_MONTH_DAYS.filter((_, index) => months === 'every' || months.includes(index + 1)));
  if ((daysOfMonth[0] ?? 0) > longest)
    throw new RangeError(`"${text}" never comes: no month it names has a day ${daysOfMonth[0]}`);
}

/** Ascending values as a list in which three or more neighbours become a range. */
function runs(values: readonly number[], between: string, write: (value: number) => string): string {
  const groups: number[][] = [];
  for (const value of values) {
    const group = groups.at(-1);
    if (group?.at(-1) === value - 1) group.push(value);
    else groups.push([value]);
  }
  return groups
    .map((group) => {
      const texts = group.map(write);
      return texts.length > 2 ? [texts[0], texts.at(-1)].join(between) : texts.join(',');
    })
    .join(',');
}

/** systemd's week starts on Monday, so Sunday is last. */
function weekdayRuns(weekdays: readonly number[]): string {
  const fromMonday = weekdays.map((day) => (day === 0 ? 7 : day)).sort((one, other) => one - other);
  const nameOf = (day: number) => {
    const name = WEEKDAYS[day % 7] ?? '';
    return name.charAt(0).toUpperCase() + name.slice(1);
  };
  return runs(fromMonday, '..', nameOf);
}
