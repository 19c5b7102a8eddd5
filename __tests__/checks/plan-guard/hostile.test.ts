/** Hostile plans, each with its harmless twin: what is refused, what is noticed, and that none passes in silence. */
import { judge, type Verdict } from '../../../src/checks/plan-guard/judge';
import { toPlan, type HostileCase, type PlanContent } from './hostile/hostile-case';
import { LOSES } from './hostile/loses';
import { NOTICED } from './hostile/noticed';
import { OPENS_ACCOUNTS, OPENS_BUCKETS } from './hostile/opens-access';
import { OPENS_NETWORKS } from './hostile/opens-networks';
import { WEAKENS_BUCKETS } from './hostile/weakens-buckets';
import { WEAKENS_DATABASES } from './hostile/weakens-databases';
import { WEAKENS_KEYS_AND_LOGS } from './hostile/weakens-keys-and-logs';
import { WEAKENS_PERMISSIONS, WEAKENS_WORKLOADS } from './hostile/weakens-permissions';
import { WEAKENS_STORAGE } from './hostile/weakens-storage';
import { WEAKENS_TRAFFIC } from './hostile/weakens-traffic';
import { TODAY } from '../../support/plans';

const OPENS = [...OPENS_NETWORKS, ...OPENS_BUCKETS, ...OPENS_ACCOUNTS];
const WEAKENS = [
  ...WEAKENS_DATABASES,
  ...WEAKENS_BUCKETS,
  ...WEAKENS_STORAGE,
  ...WEAKENS_KEYS_AND_LOGS,
  ...WEAKENS_TRAFFIC,
  ...WEAKENS_PERMISSIONS,
  ...WEAKENS_WORKLOADS,
];

const verdict = (content: PlanContent, isProtected: boolean): Verdict =>
  judge(toPlan(content), { allowances: [], today: TODAY, stack: 'shop-prod-data', isProtected });

const harms = ({ refused }: Verdict): readonly string[] => [...new Set(refused.map(({ harm }) => harm))];

const named = (cases: readonly HostileCase[]) => cases.map((hostile) => [hostile.name, hostile] as const);

describe('loses', () => {
  test.each(named(LOSES))('refused whatever the environment: %s', (_name, { hostile, harmless }) => {
    for (const isProtected of [true, false]) {
      expect(harms(verdict(hostile, isProtected)).some((harm) => harm === 'delete' || harm === 'replace')).toBe(true);
      expect(verdict(harmless, isProtected).refused).toEqual([]);
    }
  });
});

describe('opens', () => {
  test.each(named(OPENS))('refused whatever the environment: %s', (_name, { hostile, harmless }) => {
    for (const isProtected of [true, false]) {
      expect(harms(verdict(hostile, isProtected))).toContain('open');
      expect(verdict(harmless, isProtected).refused).toEqual([]);
    }
  });
});

describe('weakens', () => {
  test.each(named(WEAKENS))('refused under protect, noticed elsewhere: %s', (_name, { hostile, harmless }) => {
    expect(harms(verdict(hostile, true))).toEqual(['weaken']);
    expect(verdict(harmless, true).refused).toEqual([]);
    const elsewhere = verdict(hostile, false);
    const shown = JSON.stringify(hostile.changes.map(({ before }) => before)).includes('deletion_protection":true');
    // Where the plan itself shows protection, turning it off is refused whatever the description says now.
    if (shown || JSON.stringify(hostile.changes).includes('"deletion_protection_enabled":true')) return;
    expect(elsewhere.refused).toEqual([]);
    expect(elsewhere.notices.length).toBeGreaterThan(0);
  });
});

describe('a notice', () => {
  test.each(named(NOTICED))('passes with one: %s', (_name, { hostile, harmless }) => {
    expect(verdict(hostile, true)).toMatchObject({ refused: [], notices: [expect.any(String)] });
    expect(verdict(harmless, true)).toMatchObject({ refused: [], notices: [] });
  });
});

test('No plan that loses data or opens a door passes in silence', () => {
  const silent = [...LOSES, ...OPENS, ...WEAKENS, ...NOTICED].filter(({ hostile }) =>
    [true, false].some((isProtected) => {
      const { refused, notices } = verdict(hostile, isProtected);
      return refused.length === 0 && notices.length === 0;
    }),
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test('every refused change says what to do instead, or what it would be', () => {
  const changes = [...LOSES, ...OPENS, ...WEAKENS].flatMap(({ hostile }) => verdict(hostile, true).refused);
  for (const { why, instead } of changes) expect(`${why}${instead ?? ''}`.length).toBeGreaterThan(20);
  expect(changes.filter(({ harm, instead }) => harm === 'weaken' && instead === undefined)).toEqual([]);
});

test('an allowance for weaken allows it, and no other harm', () => {
  const [first] = WEAKENS_DATABASES;
  const allowance = {
    stack: 'shop-prod-data',
    address: 'aws_db_instance.primary',
    expires: TODAY,
    reason: 'the environment is removed today',
  };
  const judged = (harm: 'weaken' | 'open') =>
    judge(toPlan(first?.hostile ?? { changes: [] }), {
      allowances: [{ ...allowance, harm }],
      today: TODAY,
      stack: 'shop-prod-data',
    });
  expect(judged('weaken')).toMatchObject({ passed: true, allowed: [expect.objectContaining({ harm: 'weaken' })] });
  expect(judged('open').passed).toBe(false);
});
