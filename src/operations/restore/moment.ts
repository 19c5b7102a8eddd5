/** The time that something is restored as of. Pure. */
import { CommandError } from '../../cli/errors';

export interface Moment {
  readonly date: Date;
  /** Part of the names of what is restored: the same time leads to the same names, and so to the same restore. */
  readonly stamp: string;
}

/** Times between which something can be restored. */
export interface Window {
  readonly earliest: Date;
  readonly latest: Date;
}

const WRITTEN = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * @throws CommandError for a text that is no time, one without its zone, and one that is yet to come
 */
export function momentOf(text: string, now: Date = new Date()): Moment {
  const [, day = '', minute = '', second = ':00', zone] = WRITTEN.exec(text.trim()) ?? [];
  if (day === '') throw refused(text, 'a time with its zone, such as 2026-01-31T14:05:00Z or 2026-01-31T15:05:00+01:00');
  if (zone === undefined)
    throw refused(
      text,
      `a time with its zone: ${day}T${minute}${second}Z in UTC, or for example ${day}T${minute}${second}+01:00`,
    );
  const date = new Date(`${day}T${minute}${second}${zone}`);
  // A day that a month does not have becomes one of the next month.
  if (Number.isNaN(date.getTime()) || new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day)
    throw refused(text, 'a time that exists');
  if (date > now) throw refused(text, `a time before now, ${written(now)}`);
  return { date, stamp: stampOf(date) };
}

/** `20260131t140500z` */
export function stampOf(date: Date): string {
  return written(date).replace(/[-:]/g, '').toLowerCase();
}

/** `2026-01-31T14:05:00Z` */
export function written(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** @throws CommandError for a time that cannot be restored */
export function requireWithin({ date }: Pick<Moment, 'date'>, { earliest, latest }: Window, what: string): void {
  if (date >= earliest && date <= latest) return;
  throw new CommandError(
    `${what} cannot be restored as of ${written(date)}\n  allowed  ${written(earliest)} to ${written(latest)}\n  fix      --list shows what can be restored`,
  );
}

function refused(text: string, allowed: string): CommandError {
  return new CommandError(`--at ${text}\n  allowed  ${allowed}`);
}
