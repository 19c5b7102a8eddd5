/** Restores leave what is live alone, continue what was begun, and drop only what they have made. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import type { ManagedDatabase } from '../../../src/config/resolved/environment';
import type { DatabasePlace } from '../../../src/operations/database-place';
import { allRestored, dropRestored, requireWanted, restorables } from '../../../src/operations/restore';
import { restoreDatabase } from '../../../src/operations/restore/database';
import { restoreFiles } from '../../../src/operations/restore/file-system';
import { momentOf } from '../../../src/operations/restore/moment';
import { example } from '../../support/example';
import { RestoringAws, restoringTarget } from '../../support/restoring-aws';

const described: Partial<EnvironmentInput> = {
  fileSystems: { files: { backup: true, accessPoints: { uploads: { path: '/uploads' } } } },
  backups: {},
  buckets: { photos: {} },
};
const environment = parseEnvironment(example(described));
const database = environment.data.database as ManagedDatabase;
const MOMENT = momentOf('2026-01-31T14:05:00Z');
const NAME = 'shop-test-restored-20260131t140500z';
const published = {
  keyArn: 'arn:aws:kms:eu-west-1:123456789012:key/one',
  database: { masterSecretArn: 'arn:secret' },
  fileSystems: { files: { id: 'fs-live', arn: 'arn:files' } },
  buckets: {},
};

class Place implements DatabasePlace {
  public readonly name = 'a place';
  public readonly scripts: string[] = [];
  public exitCode = 0;

  public run(script: string) {
    this.scripts.push(script);
    const row = { schema: 'public', table: 'users', rows: 3, estimate: 3 };
    return Promise.resolve({
      exitCode: this.exitCode,
      stdout: `${JSON.stringify(row)}\n`,
      stderr: 'tables are empty that had rows',
    });
  }
}

function started(change: (aws: RestoringAws) => void = () => undefined) {
  const aws = new RestoringAws(database.identifier);
  aws.window = { EarliestTime: new Date('2026-01-25T00:00:00Z'), LatestTime: new Date('2026-02-01T00:00:00Z') };
  change(aws);
  const lines: string[] = [];
  const options = { report: (line: string) => void lines.push(line), everySeconds: 0 };
  const place = new Place();
  const target = restoringTarget(environment, aws.clients(), published);
  return { aws, lines, options, place, target, run: () => restoreDatabase(target, database, MOMENT, place, options) };
}

describe('a database', () => {
  it('is restored beside, unprotected and private, in the network of the live one, and read there', async () => {
    const { aws, run, place } = started();
    expect(await run()).toMatchObject({
      name: NAME,
      address: `${NAME}.rds`,
      asOf: '2026-01-31T14:05:00Z',
      tables: [{ table: 'users', rows: 3 }],
    });
    expect(aws.of('restoreDBInstanceToPointInTime')).toEqual([
      expect.objectContaining({
        SourceDBInstanceIdentifier: database.identifier,
        TargetDBInstanceIdentifier: NAME,
        RestoreTime: MOMENT.date,
        DBSubnetGroupName: 'subnets',
        VpcSecurityGroupIds: ['sg-database'],
        DBParameterGroupName: 'parameters',
        PubliclyAccessible: false,
        DeletionProtection: false,
      }),
    ]);
    expect(place.scripts[0]).toContain(`export PGHOST='${NAME}.rds'`);
  });

  it('is written to in no call but those for the restored one', async () => {
    const { aws, run } = started();
    await run();
    expect(aws.of('modifyDBInstance')).toEqual([
      { DBInstanceIdentifier: NAME, MasterUserPassword: 'present', ApplyImmediately: true },
    ]);
    expect(aws.of('deleteDBInstance')).toEqual([]);
  });

  it('whose restore was interrupted is continued by the same time, even when that is no longer in the window', async () => {
    const { aws, run, place, options, target } = started();
    const controller = new AbortController();
    controller.abort();
    await expect(restoreDatabase(target, database, MOMENT, place, { ...options, signal: controller.signal })).rejects.toThrow(
      'interrupted',
    );
    aws.window = { EarliestTime: new Date('2026-02-01T00:00:00Z'), LatestTime: new Date('2026-02-02T00:00:00Z') };
    expect(await run()).toMatchObject({ name: NAME });
    expect(aws.of('restoreDBInstanceToPointInTime')).toHaveLength(1);
  });

  it('is not restored into an instance that no restore has made', async () => {
    const { run, aws } = started((one) =>
      one.instances.set(NAME, { DBInstanceIdentifier: NAME, DBInstanceStatus: 'available', TagList: [] }),
    );
    await expect(run()).rejects.toThrow(/no restore has made: nothing is changed/);
    expect(aws.of('modifyDBInstance')).toEqual([]);
  });

  it('is not restored as of a time that RDS does not keep', async () => {
    const { run, aws } = started(
      (one) => (one.window = { EarliestTime: new Date('2026-02-01T00:00:00Z'), LatestTime: new Date() }),
    );
    await expect(run()).rejects.toThrow(/2026-01-31T14:05:00Z\n {2}allowed {2}2026-02-01T00:00:00Z to /);
    expect(aws.of('restoreDBInstanceToPointInTime')).toEqual([]);
  });

  it('that becomes unusable ends the command, and does not wait for hours', async () => {
    const { run } = started((one) => (one.states = ['creating', 'incompatible-restore']));
    await expect(run()).rejects.toThrow(/is incompatible-restore/);
  });

  it('that is not what was copied is reported as not proven', async () => {
    const { run, place } = started();
    place.exitCode = 3;
    await expect(run()).rejects.toThrow(/was restored, and is not proven: tables are empty/);
  });

  it('never has its password in a report', async () => {
    const { run, lines } = started();
    const report = await run();
    expect(JSON.stringify([report, lines])).not.toContain('"present"');
  });
});

describe('a file system', () => {
  const points = ['2026-01-29', '2026-01-31', '2026-02-02'].map((day) => ({
    RecoveryPointArn: `arn:point:${day}`,
    CreationDate: new Date(`${day}T05:00:00Z`),
    Status: 'COMPLETED',
    BackupSizeBytes: 4096,
  }));

  it('is restored from the newest copy that is not younger, into a new one with the key of the environment', async () => {
    const { aws, target, options } = started((one) => (one.points = points));
    expect(await restoreFiles(target, 'files', MOMENT, options)).toMatchObject({
      name: 'fs-0123abcd',
      asOf: '2026-01-31T05:00:00Z',
    });
    expect(aws.of('startRestoreJob')).toEqual([
      expect.objectContaining({
        RecoveryPointArn: 'arn:point:2026-01-31',
        IamRoleArn: 'arn:aws:iam::123456789012:role/shop-test-backup',
        Metadata: expect.objectContaining({ newFileSystem: 'true', 'file-system-id': 'fs-live', KmsKeyId: published.keyArn }),
      }),
    ]);
    expect(await allRestored(target)).toEqual([expect.objectContaining({ kind: 'files', name: 'fs-0123abcd' })]);
  });

  it('is continued with the same token', async () => {
    const { aws, target, options } = started((one) => (one.points = points));
    await restoreFiles(target, 'files', MOMENT, options);
    await restoreFiles(target, 'files', MOMENT, options);
    const tokens = aws.of('startRestoreJob').map(({ IdempotencyToken: token }) => token);
    expect(new Set(tokens).size).toBe(1);
    expect(aws.fileSystems.size).toBe(1);
  });

  it('without a copy that is as old is refused, with the copies that there are', async () => {
    const { target, options } = started((one) => (one.points = points.slice(2)));
    await expect(restoreFiles(target, 'files', MOMENT, options)).rejects.toThrow(/allowed {2}2026-02-02T05:00:00Z/);
  });
});

describe('dropping', () => {
  it('removes what restores have made, and nothing that is live or of another environment', async () => {
    const { aws, target, run } = started((one) =>
      one.instances.set('other', {
        DBInstanceIdentifier: 'other',
        DBInstanceStatus: 'available',
        TagList: [{ Key: 'terrace:restored-from', Value: 'shop-prod' }],
      }),
    );
    await run();
    const made = await allRestored(target);
    expect(made).toEqual([{ kind: 'database', key: 'shop', name: NAME, asOf: '2026-01-31T14:05:00Z' }]);
    for (const one of made) await dropRestored(target, one);
    expect([...aws.instances.keys()]).toEqual([database.identifier, 'other']);
  });
});

it('lists what can be restored, and why something cannot', async () => {
  const { target } = started();
  expect(await restorables(target)).toEqual([
    { kind: 'database', key: 'shop', from: '2026-01-25T00:00:00Z', to: '2026-02-01T00:00:00Z' },
    { kind: 'files', key: 'files', not: 'it has no copies' },
    expect.objectContaining({ kind: 'bucket', not: expect.stringContaining('keeps no versions') }),
  ]);
});

it.each([
  [{ kind: 'files', key: 'file' }, /no file system "file"\n {2}allowed {2}files/],
  [{ kind: 'bucket', key: 'photo', prefix: '' }, /no bucket "photo"\n {2}allowed {2}photos/],
  [{ kind: 'database', hostFiles: true }, /--host-files needs a database on the host/],
] as const)('%o is refused, with what there is', (wanted, answer) => {
  expect(() => requireWanted(started().target, wanted)).toThrow(answer);
});
