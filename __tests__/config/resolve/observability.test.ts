/** The table of alarms, and what becomes of the `observability` section. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { thresholdOf } from '../../../src/config/resolve/observability';
import { ALARM_KINDS, alarmDefault } from '../../../src/config/tables/alarm-defaults';
import { example } from '../../support/example';

const watched = (observability: EnvironmentInput['observability']) => parseEnvironment(example({ observability })).observability;
const emails = ['ops@shop.example'];

describe('every alarm of the table', () => {
  it.each(ALARM_KINDS)('%s says what it measures, what to do, and why missing data is taken as it is', (kind) => {
    const { measures, remedy, missingBecause, periodSeconds, periods, threshold, unit } = alarmDefault(kind);
    for (const words of [measures, missingBecause]) expect(words.length).toBeGreaterThan(10);
    expect(remedy).toMatch(/^[A-Z].{9,}[.?]$/);
    expect(periodSeconds % 60).toBe(0);
    expect(periodSeconds * periods).toBeLessThanOrEqual(periodSeconds >= 3600 ? 604_800 : 86_400);
    if (unit === '%') expect(threshold).toBeLessThan(100);
  });

  it('goes off on silence only where silence is bad news', () => {
    const breaching = ALARM_KINDS.filter((kind) => alarmDefault(kind).missing === 'breaching');
    expect(breaching).toEqual(
      expect.arrayContaining(['healthy-targets', 'nat-instance', 'replica-lag', 'backup-age', 'host-health', 'health-check']),
    );
    expect(breaching).not.toContain('error-rate');
    expect(breaching).not.toContain('service-cpu');
  });
});

describe('what an environment says', () => {
  it('changes the figures it names and leaves the others as the table has them', () => {
    expect(
      watched({ notifications: { emails }, alarms: { 'service-cpu': { threshold: 70 } } })?.alarms['service-cpu'],
    ).toMatchObject({
      threshold: 70,
      periodSeconds: 300,
      periods: 2,
      missing: 'notBreaching',
    });
    expect(watched({ notifications: { emails }, alarms: {} })?.alarms['service-cpu']?.threshold).toBe(80);
  });

  it('turns single alarms off, or all of them', () => {
    const some = watched({ notifications: { emails }, alarms: { latency: false } });
    expect(some?.alarms.latency).toBeUndefined();
    expect(some?.alarms['error-rate']).toBeDefined();
    expect(watched({ alarms: 'none' })?.alarms).toEqual({});
  });

  it('leaves nothing to build where nothing is watched', () => {
    expect(watched({ alarms: 'none', dashboard: false })).toBeUndefined();
    expect(watched({ alarms: 'none', dashboard: false, budget: { monthlyUsd: 5 }, notifications: { emails } })).toBeDefined();
  });

  it('brings a log group for the metrics of the application with tracing, and none without', () => {
    const groups = (tracing: 'xray' | 'none') =>
      parseEnvironment(example({ observability: { notifications: { emails }, tracing } })).data.logGroups.map(({ name }) => name);
    expect(groups('xray')).toContain('/shop/test/application-metrics');
    expect(groups('none')).not.toContain('/shop/test/application-metrics');
  });
});

describe('a threshold that is a share', () => {
  it('is a share of what there is, and a fixed figure where nobody knows', () => {
    expect(thresholdOf(alarmDefault('database-connections'), 450)).toBe(360);
    expect(thresholdOf(alarmDefault('database-connections'))).toBe(80);
    expect(thresholdOf(alarmDefault('queue-age'), 300)).toBe(900);
    expect(thresholdOf({ threshold: 80 }, 450)).toBe(80);
  });
});
