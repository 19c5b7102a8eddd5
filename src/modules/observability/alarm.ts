/** One alarm: when it goes off, whom it tells, and what they do about it. */
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { Construct } from 'constructs';
import type { Formula, Metric } from './metrics';

/** CloudWatch's limit, in characters. */
const LONGEST_DESCRIPTION = 1024;

const SECONDS_A_MINUTE = 60;

export interface AlarmProps {
  readonly name: string;
  /** What is measured, of what: `CPU of a service: backend`. */
  readonly measures: string;
  readonly unit: string;
  /** What a person does when it goes off. */
  readonly remedy: string;
  readonly metric: Metric | Formula;
  readonly when: 'above' | 'below';
  readonly threshold: number;
  /** How many of the metric's units are one of the threshold's: the bytes of a GB. @default 1 */
  readonly scale?: number;
  /** Seconds that one measurement covers. */
  readonly periodSeconds: number;
  /** Measurements in a row that must be bad. */
  readonly periods: number;
  /** What a measurement means that did not come. */
  readonly missing: 'breaching' | 'notBreaching' | 'missing';
  /** Told when it goes off, and when all is well again. Of the alarm's region. */
  readonly topicArn: string;
  /** Where the metric is; another than the provider's. */
  readonly region?: string;
}

/** A CloudWatch alarm that says what to do, and tells both its beginning and its end. */
export class Alarm extends CloudwatchMetricAlarm {
  /** The region, when it is not the stack's. */
  public readonly elsewhere?: string;

  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id, {
      alarmName: props.name,
      alarmDescription: description(props),
      region: props.region,
      ...measurement(props),
      comparisonOperator: props.when === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
      threshold: props.threshold * (props.scale ?? 1),
      evaluationPeriods: props.periods,
      datapointsToAlarm: props.periods,
      treatMissingData: props.missing,
      alarmActions: [props.topicArn],
      okActions: [props.topicArn],
    });
    this.elsewhere = props.region;
  }
}

/** `CPU of a service: backend is above 80 % for 10 minutes. <what to do>` */
function description({ measures, when, threshold, unit, periodSeconds, periods, remedy }: AlarmProps): string {
  const limit = unit === '' ? String(threshold) : `${threshold} ${unit}`;
  return `${measures}: ${when} ${limit} for ${span(periodSeconds * periods)}. ${remedy}`.slice(0, LONGEST_DESCRIPTION);
}

function span(seconds: number): string {
  if (seconds < 2 * SECONDS_A_MINUTE) return `${seconds} seconds`;
  const minutes = seconds / SECONDS_A_MINUTE;
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 48 * 60 ? `${minutes / 60} hours` : `${minutes / 60 / 24} days`;
}

/** CloudWatch takes either one metric, or a list of queries of which one is the answer. */
function measurement({ metric, periodSeconds }: AlarmProps): Partial<CloudwatchMetricAlarmConfig> {
  if ('expression' in metric) return { metricQuery: [...queries(metric, periodSeconds)] };
  const { namespace, name, dimensions, statistic } = metric;
  return {
    namespace,
    metricName: name,
    dimensions: { ...dimensions },
    period: periodSeconds,
    ...(statistic.startsWith('p')
      ? { extendedStatistic: statistic, evaluateLowSampleCountPercentiles: 'ignore' }
      : { statistic }),
  };
}

/** The answer first, then what it is made from. */
function queries(formula: Formula, period: number): readonly CloudwatchMetricAlarmMetricQuery[] {
  const inputs = Object.entries(formula.inputs).map(([id, input]) => query(id, input, period));
  return [{ id: 'result', expression: formula.expression, label: formula.label, returnData: true }, ...inputs];
}

function query(id: string, input: Metric | Formula, period: number): CloudwatchMetricAlarmMetricQuery {
  // What fetches for itself has to be told for how long.
  if ('expression' in input) return { id, expression: input.expression, label: input.label, period, returnData: false };
  const { namespace, name, dimensions, statistic } = input;
  return {
    id,
    metric: { namespace, metricName: name, dimensions: { ...dimensions }, period, stat: statistic },
    returnData: false,
  };
}
