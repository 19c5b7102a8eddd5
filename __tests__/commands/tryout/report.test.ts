/** The report of a try-out: known gaps of the emulator, and everything else. */
import { changedAttributes } from '../../../src/commands/tryout/attempt';
import { EMULATORS } from '../../../src/commands/tryout/known-gaps';
import { isExplained, renderReport, type TryoutReport } from '../../../src/commands/tryout/report';

describe('the report', () => {
  const result = {
    id: 'shop-test-data',
    resources: 4,
    leftOut: [],
    dropped: new Map<string, number>(),
    planned: 4,
    created: ['aws_vpc.main', 'aws_odd.x'],
    faults: [{ address: 'aws_other.y', message: 'not implemented' }],
    drifted: [{ address: 'aws_odd.x', action: 'update', attributes: ['tags'] }],
    stayed: [],
    destroyFaults: [],
  };
  const facts = {
    name: 'emulator',
    version: '1',
    gaps: [
      { type: 'aws_odd', kind: 'drift', attributes: ['tags'], reason: 'loses tags' },
      { type: 'aws_other', kind: 'create', reason: 'has no others' },
    ],
  } as const;
  const report = (changes: Partial<TryoutReport> = {}): TryoutReport => ({
    environment: 'shop-test',
    emulator: 'emulator 1',
    facts,
    substitutions: [],
    results: [result],
    ...changes,
  });

  it('has known gaps with their reason, and counts what was created, failed, not reached and drifted', () => {
    const text = renderReport(report());
    expect(text).toMatch(/shop-test-data +4 +0 +2 +1 +1 +1 +0/);
    expect(text).toContain('[loses tags]');
    expect(text).toContain('[has no others]');
    expect(text).toContain('2 of 4 resources created; 2 known gaps, 0 unexplained');
    expect(isExplained(report())).toBe(true);
  });

  it('never explains drift in another argument, or with another emulator', () => {
    expect(
      isExplained(report({ results: [{ ...result, drifted: [{ ...result.drifted[0]!, attributes: ['tags', 'name'] }] }] })),
    ).toBe(false);
    expect(isExplained(report({ facts: undefined }))).toBe(false);
  });

  describe('a difference that follows from a known gap', () => {
    const drifts = (...drifted: TryoutReport['results'][number]['drifted']) =>
      isExplained(report({ results: [{ ...result, drifted }] }));
    const replaced = { address: 'aws_odd.x', action: 'replace', attributes: ['tags'] };
    const unknown = { address: 'aws_policy.z', action: 'update', attributes: [] };

    it('is explained: an argument is unknown because the resource that it refers to would be replaced', () =>
      expect(drifts(replaced, unknown)).toBe(true));

    it('is explained: the second plan cannot read what could not be created', () =>
      expect(drifts({ address: 'aws_other.y', action: 'fail', attributes: ['not implemented'] })).toBe(true));

    it.each([
      ['nothing would be replaced', { ...replaced, action: 'update' }, unknown],
      ['the replacement is not explained itself', { ...replaced, attributes: ['name'] }, unknown],
      ['the argument is known and different', replaced, { ...unknown, attributes: ['policy'] }],
      ['the plan fails for a resource that could be created', replaced, { ...unknown, action: 'fail', attributes: ['no'] }],
    ])('is not explained when %s', (_, ...both) => expect(drifts(...both)).toBe(false));
  });

  it('does not explain a stack that was not applied', () =>
    expect(isExplained(report({ results: [{ ...result, faults: [], drifted: [], notTried: 'terraform plan: no' }] }))).toBe(
      false,
    ));
});

test('drift is reported by argument', () => {
  const change = (before: object, after: object, unknown = {}) => ({ before, after, after_unknown: unknown });
  const plan = { resource_changes: [{ address: 'a.b', change: change({ x: 1, y: 2 }, { x: 1, y: 3, z: null }, { z: true }) }] };
  expect(changedAttributes(JSON.stringify(plan)).get('a.b')).toEqual(['y', 'z']);
  expect(changedAttributes('no plan').size).toBe(0);
});

test('every known gap has a type and a reason', () => {
  for (const { gaps } of Object.values(EMULATORS)) {
    expect(gaps.length).toBeGreaterThan(0);
    for (const { type, reason } of gaps) {
      expect(type).toMatch(/^(data\.)?aws_[a-z0-9_]+$/);
      expect(reason.length).toBeGreaterThan(15);
    }
  }
});
