import { type Verification, verificationText } from '../../../src/operations/move/postgres';
import { markOf } from '../../../src/operations/move/postgres/mark';
import type { SideState } from '../../../src/operations/move/postgres/read-side';
import { compare } from '../../../src/operations/move/postgres/verify';

const side = (version: string, facts: SideState['facts'], contents: SideState['contents'] = []): SideState => ({
  place: 'place',
  database: 'shop',
  version,
  readAt: '2026-01-01T00:00:00.000Z',
  transactions: { before: '1', after: '1' },
  facts,
  contents,
});
const row = (checksum: string, count: number) => ({ kind: 'rows', name: 'public.orders', count, checksum });

test('a difference names kind and object: changed, missing and added', () => {
  const source = side(
    '15.1',
    [
      { kind: 'index', name: 'a', value: '1' },
      { kind: 'index', name: 'b', value: '1' },
    ],
    [row('x', 2)],
  );
  const target = side(
    '16.1',
    [
      { kind: 'index', name: 'a', value: '2' },
      { kind: 'index', name: 'c', value: '1' },
    ],
    [row('y', 2)],
  );
  expect(compare(source, target).differences).toEqual([
    { kind: 'index', name: 'a', source: '1', target: '2' },
    { kind: 'index', name: 'b', source: '1' },
    { kind: 'content', name: 'public.orders', source: 'x', target: 'y' },
    { kind: 'index', name: 'c', target: '1' },
  ]);
  expect(compare(source, source)).toEqual({ differences: [], notes: [] });
});

test('the text of a view is a difference within a version, and a note between versions', () => {
  const view = (value: string) => [{ kind: 'view query', name: 'v', value }];
  expect(compare(side('15.1', view('1')), side('15.9', view('2'))).differences).toHaveLength(1);
  const { differences, notes } = compare(side('15.1', view('1')), side('16.1', view('2')));
  expect(differences).toEqual([]);
  expect(notes).toHaveLength(1);
});

test('a role that only the target has is a note, one that only the source has is a difference', () => {
  const roles = [{ kind: 'role', name: 'r', value: 'login' }];
  expect(compare(side('15.1', []), side('15.1', roles)).differences).toEqual([]);
  expect(compare(side('15.1', roles), side('15.1', [])).differences).toHaveLength(1);
});

test('what stays behind is a note', () => {
  const facts = [{ kind: 'object', name: 'event trigger t', value: '' }];
  const staying = [{ kind: 'object', name: 'event trigger t', entry: '' }];
  expect(compare(side('15.1', facts), side('15.1', []), staying).differences).toEqual([]);
  expect(compare(side('15.1', facts), side('15.1', [])).differences).toHaveLength(1);
});

test('the readable report says the result first, and every table', () => {
  const verification: Verification = {
    formatVersion: 1,
    move: 'm',
    equal: false,
    source: { place: 'the host', database: 'shop', version: '15.1', readAt: '2026-01-01T00:00:00.000Z' },
    target: { place: 'RDS', database: 'shop', version: '16.1', readAt: '2026-01-01T00:00:00.000Z' },
    seal: { frozenAt: '2026-01-01T00:00:00.000Z', transaction: '7', position: '0/1' },
    sourceTransactions: { before: '8', after: '8' },
    sourceChecksum: 'c0ffee',
    tables: [{ name: 'public.orders', rows: 3, checksum: '1:2', equal: false }],
    rows: 3,
    sequences: 1,
    largeObjects: 0,
    compared: { rows: 1, index: 2 },
    differences: [{ kind: 'content', name: 'public.orders', source: '1:2', target: '1:3' }],
    notes: [],
    seconds: 1,
  };
  const [first, ...rest] = verificationText(verification).split('\n');
  expect(first).toBe('Verification of the move m: 1 differences');
  expect(rest.join('\n')).toMatch(/DIFFERENT +3 rows {2}public\.orders/);
  expect(verificationText({ ...verification, equal: true, differences: [] })).toContain('both databases are the same');
});

test('an id of a move can be part of names in SQL', () => {
  expect(markOf('shop_2026')).toBe('terrace_move_shop_2026');
  for (const id of ['', 'Shop', "a'b", 'a'.repeat(31)]) expect(() => markOf(id)).toThrow('the id of a move');
});
