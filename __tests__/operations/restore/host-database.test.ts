/** A box restores the newest backup that is not younger than the time, beside the live database. */
import { parseEnvironment } from '../../../src/config';
import {
  restorableHostDatabase,
  restoredHostDatabases,
  restoreHostDatabase,
  dropHostDatabase,
} from '../../../src/operations/restore/host-database';
import { momentOf } from '../../../src/operations/restore/moment';
import { sourceOf } from '../../../src/operations/restore';
import { boxed } from '../../support/boxed';
import { restoringTarget } from '../../support/restoring-aws';

const environment = parseEnvironment(boxed());
const STAMPS = ['20260129T020000Z', '20260131T020000Z', '20260201T020000Z'];
const AT = momentOf('2026-01-31T14:05:00Z');
const options = { report: () => undefined, everySeconds: 0, files: false };

function host(answer: { readonly stdout?: string; readonly stderr?: string; readonly code?: number } = {}) {
  const lines: string[] = [];
  const { stdout = '', stderr = '', code = 0 } = answer;
  const ssm = {
    sendCommand: ({ Parameters }: any) => {
      lines.push(Parameters.commands[0]);
      return Promise.resolve({ Command: { CommandId: 'c' } });
    },
    getCommandInvocation: () =>
      Promise.resolve({
        Status: code === 0 ? 'Success' : 'Failed',
        ResponseCode: code,
        StandardOutputContent: stdout,
        StandardErrorContent: stderr,
      }),
  };
  const Contents = STAMPS.flatMap((stamp) => ['dump', 'sha256'].map((ending) => ({ Key: `database/shop-${stamp}.${ending}` })));
  // A set without checksums is not complete.
  Contents.push({ Key: 'database/shop-20260131T100000Z.dump' });
  const aws = {
    ssm: () => Promise.resolve(ssm),
    s3: () => Promise.resolve({ listObjectsV2: () => Promise.resolve({ Contents }) }),
  };
  const published = { buckets: { backups: { name: 'shop-backups' } }, instanceId: 'i-1' };
  return { lines, target: restoringTarget(environment, aws, published) };
}

it('runs the restore on the host, and reports the rows that it counted', async () => {
  const { lines, target } = host({ stdout: 'beside\trestored_20260131t020000z\t2\t7\npublic.users\t3\npublic.odd.name\t4\n' });
  expect(await restoreHostDatabase(target, 'shop', AT, options)).toMatchObject({
    name: 'restored_20260131t020000z',
    asOf: '2026-01-31T02:00:00Z',
    totals: { tables: 2, rows: 7 },
    tables: [
      { schema: 'public', table: 'users', rows: 3 },
      { schema: 'public', table: 'odd.name', rows: 4 },
    ],
  });
  expect(lines).toEqual(['/usr/local/sbin/terrace-restore --beside 20260131T020000Z']);
  expect(await sourceOf(target, { kind: 'database', hostFiles: false }, AT)).toBe('2026-01-31T02:00:00Z');
});

it('restores files only when they are asked for', async () => {
  const { lines, target } = host({ stdout: 'beside\trestored_20260131t020000z\t1\t1\n' });
  await restoreHostDatabase(target, 'shop', AT, { ...options, files: true });
  expect(lines).toEqual(['/usr/local/sbin/terrace-restore --beside --files 20260131T020000Z']);
});

it('refuses a time before the first backup, and reports what the host says', async () => {
  const early = momentOf('2026-01-01T00:00:00Z');
  await expect(restoreHostDatabase(host().target, 'shop', early, options)).rejects.toThrow(
    /allowed {2}2026-01-29T02:00:00Z or later/,
  );
  const failing = host({ code: 1, stderr: 'the data volume has no room' }).target;
  await expect(restoreHostDatabase(failing, 'shop', AT, options)).rejects.toThrow(/has no room/);
});

it('lists complete backups only, and what restores have made', async () => {
  expect((await restorableHostDatabase(host().target, 'shop')).points).toEqual([
    '2026-01-29T02:00:00Z',
    '2026-01-31T02:00:00Z',
    '2026-02-01T02:00:00Z',
  ]);
  expect(await restoredHostDatabases(host({ stdout: 'restored_20260131t020000z\n' }).target, 'shop')).toEqual([
    { kind: 'database', key: 'shop', name: 'restored_20260131t020000z', asOf: '2026-01-31T02:00:00Z' },
  ]);
});

it('drops exactly what a restore has made', async () => {
  const { lines, target } = host();
  await dropHostDatabase(target, { kind: 'database', key: 'shop', name: 'restored_20260131t020000z', asOf: '' });
  expect(lines).toEqual(['/usr/local/sbin/terrace-restore --drop 20260131T020000Z']);
});
