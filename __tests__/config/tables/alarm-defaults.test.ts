/** The table of alarms: each row is complete, and missing data counts as bad only where it is. */
import { ALARM_KINDS, alarmDefault } from '../../../src/config/tables/alarm-defaults';

describe('every alarm of the table', () => {
  it.each(ALARM_KINDS)('%s says what it measures, what to do, and why missing data is treated as it is', (kind) => {
    const { measures, remedy, missingBecause, periodSeconds, periods, threshold, unit } = alarmDefault(kind);
    for (const words of [measures, missingBecause]) expect(words.length).toBeGreaterThan(10);
    expect(remedy).toMatch(/^[A-Z].{9,}[.?]$/);
    expect(periodSeconds % 60).toBe(0);
    expect(periodSeconds * periods).toBeLessThanOrEqual(periodSeconds >= 3600 ? 604_800 : 86_400);
    if (unit === '%') expect(threshold).toBeLessThan(100);
  });

  it('treats missing data as breaching only where it means a failure', () => {
    const breaching = ALARM_KINDS.filter((kind) => alarmDefault(kind).missing === 'breaching');
    expect(breaching).toEqual(
      expect.arrayContaining([
        'healthy-targets',
        'nat-instance',
        'replica-lag',
        'backup-age',
        'host-health',
        'host-configuration',
        'health-check',
      ]),
    );
    expect(breaching).not.toContain('error-rate');
    expect(breaching).not.toContain('service-cpu');
  });
});
