/** What an alarm watches: a metric, and what is known of it in this environment. Pure. */
import type { AlarmKind } from '../../config/tables/alarm-defaults';
import type { Formula, Metric } from './metrics';

/** A rate that counts as 0 below a number of requests. */
type Rate = (minimumRequests: number) => Formula;

interface Target {
  /** Part of the Terraform address, within its group. */
  readonly id: string;
  readonly metric: Metric | Formula | Rate;
  /** The region of the metric. @default the stack's */
  readonly region?: string;
}

/** A target of an alarm whose figures are in the table of defaults. */
export interface KnownAlarmTarget extends Target {
  readonly kind: AlarmKind;
  /** Which of several resources of its kind: `backend`. Left out where there is only one. */
  readonly subject?: string;
  /** What a relative threshold is a share of, in the alarm's unit; undefined where it is unknown. */
  readonly whole?: number;
  /** How many of the metric's units make one of the alarm's: the bytes of a GB. @default 1 */
  readonly scale?: number;
}

/** A metric of the application, with the limit that the environment gives. */
export interface ApplicationAlarmTarget extends Target {
  readonly kind: 'application';
  readonly subject: string;
  readonly measures: string;
  readonly threshold: number;
}

export type AlarmTarget = KnownAlarmTarget | ApplicationAlarmTarget;

/** The metric of a target, with the minimum of requests where it is a rate. */
export function metricOf({ metric }: AlarmTarget, minimumRequests = 1): Metric | Formula {
  return typeof metric === 'function' ? metric(minimumRequests) : metric;
}

/** A target of an alarm of the table. */
export function alarm(
  kind: AlarmKind,
  id: string,
  metric: Metric | Formula | Rate,
  options: Pick<KnownAlarmTarget, 'subject' | 'region' | 'whole' | 'scale'> = {},
): KnownAlarmTarget {
  return { kind, id, metric, ...options };
}
