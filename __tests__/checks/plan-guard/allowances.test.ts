/** The reviewed file of allowances. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONGEST_DAYS, parseExceptions } from '../../../src/checks/plan-guard/allowances';
import { judge } from '../../../src/checks/plan-guard/judge';
import { TODAY, verdictOf, writtenPlan } from '../../support/plans';

describe('the reviewed file', () => {
  const entry = (changes: object = {}) => ({
    stack: 'shop-prod-data',
    address: 'aws_db_instance.database_primary',
    harm: 'replace',
    expires: '2026-02-01',
    reason: 'restored from a snapshot under the new key',
    ...changes,
  });
  const allowances = (...entries: object[]) => parseExceptions(JSON.stringify({ allow: entries }), TODAY).allowances;
  const judged = (...entries: object[]) => verdictOf(writtenPlan('replace'), allowances(...entries));

  test('allows the one harm at the one address of the one stack', () => {
    const { allowed, refused } = judged(entry());
    expect(allowed.map(({ address, allowance }) => [address, allowance.reason])).toEqual([
      ['aws_db_instance.database_primary', 'restored from a snapshot under the new key'],
    ]);
    expect(refused.map(({ address }) => address)).toEqual(['aws_subnet.subnets_private-a']);
    expect(judged(entry(), entry({ address: 'aws_subnet.subnets_private-a' })).passed).toBe(true);
  });

  test.each([
    ['another stack', { stack: 'shop-dev-data' }],
    ['another harm', { harm: 'delete' }],
    ['another address', { address: 'aws_db_instance.database_replica' }],
  ])('does not allow %s', (_name, changes) => {
    expect(judged(entry(changes)).refused.map(({ address }) => address)).toContain('aws_db_instance.database_primary');
  });

  test('counts up to its last day, and fails the plan from the next one on', () => {
    expect(judged(entry({ expires: TODAY })).allowed).toHaveLength(1);
    const over = judged(entry({ expires: '2026-01-14' }));
    expect(over).toMatchObject({ passed: false, allowed: [], expired: [{ expires: '2026-01-14' }] });
    expect(over.refused).toHaveLength(2);
  });

  test('an expired entry fails even a plan that does no harm, but not that of another stack', () => {
    const old = allowances(entry({ expires: '2026-01-14' }));
    expect(verdictOf(writtenPlan('update'), old).passed).toBe(false);
    expect(verdictOf(writtenPlan('update'), old, 'shop-dev-data').passed).toBe(true);
  });

  test('allows nothing for a plan of an unknown stack', () => {
    const plan = writtenPlan('replace');
    expect(judge(plan, { allowances: allowances(entry()), today: TODAY }).refused).toHaveLength(2);
  });

  test('reports every problem with the path, the value received, what is allowed and the fix', () => {
    const wrong = () => allowances(entry({ reason: 'because', harm: 'shred' }), entry({ expires: 'soon' }));
    expect(wrong).toThrow(/^guard-allow\.yaml: 3 problems$/m);
    expect(wrong).toThrow(/allow\[0\]\.harm\n +received +"shred"\n +allowed +"delete", "replace", "open", "weaken"\n +fix +/);
    expect(wrong).toThrow(/allow\[1\]\.expires\n +received +"soon"\n +allowed +a date such as 2026-01-31/);
  });

  test.each([
    ['no reason', entry({ reason: '' })],
    ['no date', entry({ expires: 'soon' })],
    ['no stack', entry({ stack: undefined })],
    ['an unknown harm', entry({ harm: 'anything' })],
    ['an unknown field', entry({ forever: true })],
    ['too much time', entry({ expires: '2026-04-16' })],
  ])('refuses an entry with %s', (_name, wrong) => expect(() => allowances(wrong)).toThrow(/guard-allow\.yaml/));

  test(`lasts at most ${LONGEST_DAYS} days`, () => expect(allowances(entry({ expires: '2026-04-15' }))).toHaveLength(1));

  test('may be empty, and must be YAML', () => {
    for (const empty of ['', '# nothing\n', 'allow:\n', 'allow: []\n'])
      expect(parseExceptions(empty, TODAY)).toEqual({ allowances: [], accounts: [] });
    expect(() => parseExceptions('allow: [', TODAY)).toThrow(/not YAML/);
  });

  test('of this project is valid', () => {
    const file = join(__dirname, '../../../guard-allow.yaml');
    expect(() => parseExceptions(readFileSync(file, 'utf8'), new Date().toISOString().slice(0, 10))).not.toThrow();
  });
});
