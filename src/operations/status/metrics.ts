/** The last value of metrics that come rarely. */
import type { AwsClients } from '../../aws/clients';
import { explained } from '../../aws/errors';

export interface WantedMetric {
  readonly name: string;
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Seconds between two measurements: a multiple of 60. */
  readonly periodSeconds: number;
}

export interface Measured {
  readonly value: number;
  readonly at: Date;
}

/** How far back is looked. */
const DAYS = 3;

/** In the order of the metrics; undefined for one that was not measured lately. */
export async function lastValues(
  aws: AwsClients,
  metrics: readonly WantedMetric[],
  now: Date,
): Promise<readonly (Measured | undefined)[]> {
  if (metrics.length === 0) return [];
  const watch = await aws.cloudWatch();
  const { MetricDataResults: results = [] } = await explained('reading metrics', () =>
    watch.getMetricData({
      StartTime: new Date(now.getTime() - DAYS * 86_400_000),
      EndTime: now,
      ScanBy: 'TimestampDescending',
      MetricDataQueries: metrics.map(({ name, namespace, dimensions, periodSeconds }, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Metric: {
            Namespace: namespace,
            MetricName: name,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: periodSeconds,
          Stat: 'Maximum',
        },
      })),
    }),
  );
  return metrics.map((_, index) => {
    const { Timestamps: times = [], Values: values = [] } = results.find(({ Id: id }) => id === `m${index}`) ?? {};
    const [at, value] = [times[0], values[0]];
    return at === undefined || value === undefined ? undefined : { at, value };
  });
}
