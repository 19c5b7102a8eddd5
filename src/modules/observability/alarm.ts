/** One CloudWatch alarm: its metric, its threshold, and a description that says what to do. */
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { Construct } from 'constructs';
import type { AlarmDefault } from '../../config/tables/alarm-defaults';
import type { Formula, Metric } from './metrics';

/** CloudWatch's limit, in characters. */
const LONGEST_DESCRIPTION = 1024;

const SECONDS_A_MINUTE = 60;

export interface AlarmProps extends Pick<
  AlarmDefault,
  'measures' | 'unit' | 'remedy' | 'when' | 'periodSeconds' | 'periods' | 'minimumRequests' | 'missing'
> {
  readonly name: string;
  readonly metric: Metric | Formula;
  /** In the alarm's unit. */
  readonly threshold: number;
  /** How many of the metric's units make one of the alarm's: the bytes of a GB. @default 1 */
  readonly scale?: number;
  /** A topic of the alarm's region; notified when the alarm begins and when it ends. */
  readonly topicArn: string;
  /** The region of the metric. @default the provider's */
  readonly region?: string;
}

/** Creates the alarm; its description is part of every notification. */
export function createAlarm(scope: Construct, id: string, props: AlarmProps): CloudwatchMetricAlarm {
  return new CloudwatchMetricAlarm(scope, id, {
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
}

/** `CPU of a service (backend): above 80 % for 10 minutes. <what to do>` */
function description(props: AlarmProps): string {
  const { measures, when, threshold, unit, periodSeconds, periods, minimumRequests, remedy } = props;
  const limit = unit === '' ? String(threshold) : `${threshold} ${unit}`;
  const enough = minimumRequests === undefined ? '' : `, with ${minimumRequests} requests or more in ${duration(periodSeconds)}`;
  return `${measures}: ${when} ${limit} for ${duration(periodSeconds * periods)}${enough}. ${remedy}`.slice(
    0,
    LONGEST_DESCRIPTION,
  );
}

function duration(seconds: number): string {
  if (seconds < 2 * SECONDS_A_MINUTE) return `${seconds} seconds`;
  const minutes = seconds / SECONDS_A_MINUTE;
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 48 * 60 ? `${minutes / 60} hours` : `${minutes / 60 / 24} days`;
}

/** CloudWatch takes either one metric or a list of queries, one of which returns the result. */
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

/** The result first, then its inputs. */
function queries(formula: Formula, period: number): readonly CloudwatchMetricAlarmMetricQuery[] {
  const inputs = Object.entries(formula.inputs).map(([id, input]) => query(id, input, period));
  const result = { id: 'result', expression: formula.expression, label: formula.label, returnData: true };
  // An expression that fetches its own data needs a period.
  return inputs.length === 0 ? [{ ...result, period }] : [result, ...inputs];
}

function query(id: string, input: Metric | Formula, period: number): CloudwatchMetricAlarmMetricQuery {
  if ('expression' in input) return { id, expression: input.expression, label: input.label, period, returnData: false };
  const { namespace, name, dimensions, statistic } = input;
  return {
    id,
    metric: { namespace, metricName: name, dimensions: { ...dimensions }, period, stat: statistic },
    returnData: false,
  };
}
