/** The `observability` section, resolved. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { example } from '../../support/example';

const watched = (observability: EnvironmentInput['observability']) => parseEnvironment(example({ observability })).observability;
const emails = ['ops@shop.example'];

describe('the observability section', () => {
  it('changes the figures that it sets and keeps the defaults of the others', () => {
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

  it('turns off single alarms, or all of them', () => {
    const some = watched({ notifications: { emails }, alarms: { latency: false } });
    expect(some?.alarms.latency).toBeUndefined();
    expect(some?.alarms['error-rate']).toBeDefined();
    expect(watched({ alarms: 'none' })?.alarms).toEqual({});
  });

  it('is absent where nothing is monitored', () => {
    expect(watched({ alarms: 'none', dashboard: false })).toBeUndefined();
    expect(watched({ alarms: 'none', dashboard: false, budget: { monthlyUsd: 5 }, notifications: { emails } })).toBeDefined();
  });

  it('adds a log group for the metrics of the application with tracing, and none without', () => {
    const groups = (tracing: 'xray' | 'none') =>
      parseEnvironment(example({ observability: { notifications: { emails }, tracing } })).data.logGroups.map(({ name }) => name);
    expect(groups('xray')).toContain('/shop/test/application-metrics');
    expect(groups('none')).not.toContain('/shop/test/application-metrics');
  });
});
