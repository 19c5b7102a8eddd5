/** `npm run restore` refuses what it cannot do before it asks AWS for anything. */
import { describeReport, describeRestorables } from '../../../src/commands/restore/report';
import { exampleFile, runCommand } from '../../support/command';

const files = { 'shop-test': exampleFile({ buckets: { photos: {} } }) };
const AT = '2026-01-31T14:05:00Z';

it.each([
  ['nothing to do', [], 2, /needs --at <time>, --list or --drop/],
  ['two things at once', ['--list', '--drop'], 2, /exclude each other/],
  ['a file system and a bucket', ['--at', AT, '--files', 'a', '--bucket', 'b'], 2, /one thing at a time/],
  ['a prefix of nothing', ['--at', AT, '--prefix', 'x'], 2, /needs --bucket/],
  ['a time without a zone', ['--at', '2026-01-31T14:05:00'], 1, /a time with its zone/],
  ['a time to come', ['--at', '2999-01-31T14:05:00Z'], 1, /a time before now/],
  ['a bucket that is not described', ['--at', AT, '--bucket', 'photo'], 1, /allowed {2}photos/],
])('%s is refused', async (_what, args, exitCode, answer) => {
  const result = await runCommand(files, ['restore', 'shop-test', ...args]);
  expect([result.exitCode, result.stdout]).toEqual([exitCode, '']);
  expect(result.stderr).toMatch(answer);
});

it('the report names what was made, and what proves it', () => {
  const text = describeReport({
    environment: 'shop-test',
    kind: 'database',
    key: 'shop',
    name: 'shop-test-restored-20260131t140500z',
    asOf: AT,
    address: 'host',
    tables: [
      { schema: 'public', table: 'users', rows: 3, estimate: 3 },
      { schema: 'public', table: 'orders', rows: 4, estimate: 0 },
    ],
  });
  expect(text).toContain('7 rows in 2 tables');
  expect(text).toContain('shop-test-restored-20260131t140500z');
  expect(text).toContain('--drop removes it');
});

it('the list says what can be restored, what cannot and why, and what restores have made', () => {
  const text = describeRestorables(
    'shop-test',
    [
      { kind: 'database', key: 'shop', from: '2026-01-25T00:00:00Z', to: '2026-02-01T00:00:00Z' },
      { kind: 'bucket', key: 'photos', not: 'it keeps no versions' },
    ],
    [{ kind: 'database', key: 'shop', name: 'shop-test-restored-x', asOf: AT }],
  );
  expect(text).toContain('database shop: any time from 2026-01-25T00:00:00Z to 2026-02-01T00:00:00Z');
  expect(text).toContain('bucket photos: not at all: it keeps no versions');
  expect(text).toContain(`database shop as of ${AT}: shop-test-restored-x`);
});
