/** Alarms against traces of their metrics: what triggers one, and what does not. */
import { createContext, Script } from 'node:vm';
import { alarmDefault, type AlarmKind } from '../../src/config/tables/alarm-defaults';
import { maxConnectionsOf, memoryGibOf } from '../../src/config/tables/database-classes';
import { thresholdOf } from '../../src/modules/observability/alarm-group';
import {
  distributionErrorRate,
  errorRate,
  evictionRate,
  leastReplicaLag,
  type Formula,
} from '../../src/modules/observability/metrics';

type Values = Readonly<Record<string, number | undefined>>;

const FUNCTIONS = {
  IF: (condition: boolean, then: number, otherwise: number) => (condition ? then : otherwise),
  FILL: (value: number | undefined, filled: number) => value ?? filled,
};

/** A metric math expression as CloudWatch evaluates it for one period; a metric without data is undefined. */
function evaluator({ expression }: Formula): (values: Values) => number {
  const script = new Script(expression);
  const context = createContext({ ...FUNCTIONS });
  return (values) => script.runInContext(Object.assign(context, values)) as number;
}

const evaluate = (formula: Formula, values: Values): number => evaluator(formula)(values);

/** Whether an alarm with its default figures is ever raised by a series of values, one for each period. */
function isRaised(kind: AlarmKind, series: readonly number[]): boolean {
  const alarm = alarmDefault(kind);
  const threshold = thresholdOf(alarm);
  const beyond = series.map((value) => (alarm.when === 'above' ? value > threshold : value < threshold));
  return beyond.some(
    (_, index) => index >= alarm.periods - 1 && beyond.slice(index - alarm.periods + 1, index + 1).every(Boolean),
  );
}

describe('replica-lag', () => {
  const HOURS = 48;

  /** A sample a minute of a function of time, in seconds, and the statistic of each period. */
  function measured(lagAt: (second: number) => number, periodSeconds: number, statistic: 'Minimum' | 'Maximum', offset: number) {
    const periods = Math.floor((HOURS * 3600) / periodSeconds);
    const samples = periodSeconds / 60;
    return Array.from({ length: periods }, (_, period) => {
      const lags = Array.from({ length: samples }, (__, sample) => lagAt(period * periodSeconds + sample * 60 + offset));
      return statistic === 'Minimum' ? Math.min(...lags) : Math.max(...lags);
    });
  }

  const formula = leastReplicaLag('shop-reader');
  const { statistic } = formula.inputs.lag as { statistic: 'Minimum' };
  const leastLag = evaluator(formula);
  const raisedBy = (lagAt: (second: number) => number, offset = 0) => {
    const lags = measured(lagAt, alarmDefault('replica-lag').periodSeconds, statistic, offset);
    return isRaised(
      'replica-lag',
      lags.map((lag) => leastLag({ lag })),
    );
  };

  /** A quiet primary: the lag grows from 0 until RDS writes the next WAL segment, every five minutes and a bit. */
  const quiet = (cycle: number) => (second: number) => second % cycle;
  const cycles = Array.from({ length: 23 }, (_, index) => 299 + index);

  test('is not raised on a quiet database, whatever the cycle of its WAL segments and the second of the sample', () => {
    for (const cycle of cycles)
      for (const offset of [0, 7, 29, 59])
        expect([cycle, offset, raisedBy(quiet(cycle), offset)]).toEqual([cycle, offset, false]);
  });

  test('was raised there by the maximum over 60 seconds, five times in a row', () => {
    const flapping = cycles.filter((cycle) => {
      const series = measured(quiet(cycle), 60, 'Maximum', 7).map((lag) => lag > 60);
      return series.some((_, index) => index >= 4 && series.slice(index - 4, index + 1).every(Boolean));
    });
    expect(flapping.length).toBeGreaterThan(cycles.length / 2);
  });

  test('is raised where the replica is behind, has stopped, or does not replicate', () => {
    expect(raisedBy(() => 150)).toBe(true);
    expect(raisedBy((second) => 130 + (second % 300))).toBe(true);
    expect(raisedBy((second) => Math.max(0, second - 20 * 3600))).toBe(true);
    expect(raisedBy((second) => (second < 3600 ? 1 : -1))).toBe(true);
  });

  test('is not raised by a peak that the replica catches up with', () =>
    expect(raisedBy((second) => (second % 7200 < 280 ? 900 : 1))).toBe(false));
});

describe('error rates', () => {
  const { minimumRequests = 0 } = alarmDefault('error-rate');
  const balancer = errorRate('app/shop/1', minimumRequests);
  const rate = (requests?: number, answered?: number, refused?: number) => evaluate(balancer, { requests, answered, refused });

  test('ignore failures among few requests, and no requests at all', () => {
    expect(minimumRequests).toBe(50);
    expect(isRaised('error-rate', [rate(20, 1)])).toBe(false);
    expect(isRaised('error-rate', [rate(49, 49)])).toBe(false);
    expect(rate()).toBe(0);
  });

  test('count from the minimum on, with requests that reached no task', () => {
    expect(rate(50, 1)).toBe(2);
    expect(isRaised('error-rate', [rate(50, 1)])).toBe(true);
    expect(isRaised('error-rate', [rate(1000, 9)])).toBe(false);
    expect(rate(1000, 9, 11)).toBe(2);
    expect(rate(undefined, undefined, 80)).toBe(100);
  });

  test('of CloudFront do the same', () => {
    const edge = distributionErrorRate('E1', alarmDefault('edge-error-rate').minimumRequests ?? 0);
    expect(evaluate(edge, { requests: 20, rate: 5 })).toBe(0);
    expect(evaluate(edge, { requests: 200, rate: 5 })).toBe(5);
    expect(evaluate(edge, { requests: undefined, rate: undefined })).toBe(0);
  });
});

describe('thresholds follow the size of what they monitor', () => {
  test.each([
    ['db.t4g.micro', 1],
    ['db.m7g.large', 8],
    ['db.r8g.48xlarge', 1536],
    ['db.x2iedn.32xlarge', 4096],
  ])(
    '%s, with %d GiB, has a twentieth of its memory free at the least, and four fifths of its connections in use',
    (name, gib) => {
      expect(memoryGibOf(name)).toBe(gib);
      expect(thresholdOf(alarmDefault('database-free-memory'), memoryGibOf(name))).toBeCloseTo(gib / 20);
      const most = maxConnectionsOf(name) ?? 0;
      expect(thresholdOf(alarmDefault('database-connections'), most)).toBeCloseTo(0.8 * most);
    },
  );

  test('evictions are a share of the keys of the node', () => {
    const evicted = (evictions: number | undefined, items: number | undefined) =>
      evaluate(evictionRate('shop-001'), { evictions, items });
    expect(isRaised('cache-evictions', [evicted(120, 2_000_000), evicted(120, 2_000_000)])).toBe(false);
    expect(isRaised('cache-evictions', [evicted(120, 1_000), evicted(120, 1_000)])).toBe(true);
    expect(evicted(undefined, 0)).toBe(0);
  });
});
