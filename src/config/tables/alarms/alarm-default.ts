/** The type of an alarm's defaults, and the functions that the tables of alarms are written with. */

/** What an alarm monitors; an environment must have it. */
export type AlarmSubject =
  | 'service'
  | 'load balancer'
  | 'database'
  | 'replica'
  | 'cache'
  | 'queue'
  | 'schedule'
  | 'NAT gateway'
  | 'NAT instance'
  | 'certificate'
  | 'backup plan'
  | 'restore drill'
  | 'host'
  | 'cluster'
  | 'distribution'
  | 'health check'
  | 'email';

/** A share of something whose size differs between environments. */
export interface RelativeThreshold {
  /** 0.8 is four fifths; 3 is three times as much. */
  readonly share: number;
  /** Of what, in words. */
  readonly of: string;
  /** The threshold where the size is unknown. */
  readonly otherwise: number;
}

export interface AlarmDefault {
  readonly subject: AlarmSubject;
  /** What is measured, as the beginning of a sentence. */
  readonly measures: string;
  readonly when: 'above' | 'below';
  readonly threshold: number | RelativeThreshold;
  /** The threshold's unit; a word or a sign that follows a number, or nothing. */
  readonly unit: string;
  /** Seconds that one measurement covers. */
  readonly periodSeconds: number;
  /** Consecutive measurements beyond the threshold. */
  readonly periods: number;
  /**
   * Of a rate: the requests in one measurement below which it counts as 0. Without it, one failure among a few requests at night
   * would be an alarm.
   */
  readonly minimumRequests?: number;
  /** How CloudWatch treats missing data. `missing` keeps the alarm's state until there is data again. */
  readonly missing: 'breaching' | 'notBreaching' | 'missing';
  /** Why. */
  readonly missingBecause: string;
  /** What to do; part of every notification. */
  readonly remedy: string;
}

/** The alarms on one subject, by kind. */
export function alarms<Kind extends string>(
  subject: AlarmSubject,
  rows: Readonly<Record<Kind, Omit<AlarmDefault, 'subject'>>>,
): Readonly<Record<Kind, AlarmDefault>> {
  const entries = Object.entries<Omit<AlarmDefault, 'subject'>>(rows).map(([kind, row]) => [kind, { subject, ...row }]);
  return Object.fromEntries(entries) as Record<Kind, AlarmDefault>;
}

type Span = Pick<AlarmDefault, 'periodSeconds' | 'periods'>;

export const during = (periods: number, periodSeconds: number): Span => ({ periodSeconds, periods });

export const FIVE_MINUTES = during(1, 300);
export const TEN_MINUTES = during(2, 300);
export const FIFTEEN_MINUTES = during(3, 300);

type Threshold = AlarmDefault['threshold'];
type Limit = Pick<AlarmDefault, 'when' | 'threshold' | 'unit'> & Span;

export const above = (threshold: Threshold, unit: string, span: Span): Limit => ({ when: 'above', threshold, unit, ...span });

export const below = (threshold: Threshold, unit: string, span: Span): Limit => ({ when: 'below', threshold, unit, ...span });

type Missing = Pick<AlarmDefault, 'missing' | 'missingBecause'>;

/** Missing data counts as bad. */
export const breaching = (missingBecause: string): Missing => ({ missing: 'breaching', missingBecause });

/** Missing data counts as good. */
export const notBreaching = (missingBecause: string): Missing => ({ missing: 'notBreaching', missingBecause });

/** Missing data keeps the alarm's state. */
export const unchanged = (missingBecause: string): Missing => ({ missing: 'missing', missingBecause });

export const ALWAYS_MEASURED = notBreaching('AWS measures every minute: a gap is a restart, which needs no action');
