/** Restores against an emulator of AWS: requests and answers are those of the service, not of a stand-in in memory. */
import { setTimeout as pause } from 'node:timers/promises';
import { AwsClients } from '../../../src/aws/clients';
import { parseEnvironment } from '../../../src/config';
import type { ManagedDatabase, ResolvedBucket } from '../../../src/config/resolved/environment';
import { allRestored, dropRestored } from '../../../src/operations/restore';
import { restoreBucket } from '../../../src/operations/restore/bucket';
import { restoreDatabase } from '../../../src/operations/restore/database';
import { momentOf, written } from '../../../src/operations/restore/moment';
import { example } from '../../support/example';
import { exampleFile, runCommand } from '../../support/command';
import { withTestCredentials } from '../../support/aws-credentials';
import { isMotoInstalled, Moto } from '../../support/terraform';
import { restoringTarget } from '../../support/restoring-aws';

const REGION = 'eu-west-1';
const isThere = isMotoInstalled();
if (!isThere) process.stderr.write('skipped, because moto_server is not installed: restores against an emulator\n');

const environment = parseEnvironment(example({ protect: false, buckets: { photos: { versioning: true } }, region: REGION }));
const database = environment.data.database as ManagedDatabase;
const bucket = environment.data.buckets.find(({ key }) => key === 'photos') as ResolvedBucket;
const report = () => undefined;

(isThere ? describe : describe.skip)('with an emulator', () => {
  let moto: Moto;
  let restore: () => void;
  let aws: AwsClients;
  let masterSecretArn: string;

  beforeAll(async () => {
    restore = withTestCredentials();
    moto = await Moto.start();
    aws = new AwsClients({ region: REGION, endpoint: moto.url });
    const secrets = await aws.secretsManager();
    const login = JSON.stringify({ username: 'postgres', password: 'present-password' });
    ({ ARN: masterSecretArn = '' } = await secrets.createSecret({ Name: 'master', SecretString: login }));
  }, 60_000);

  afterAll(async () => {
    for (const client of [await aws.s3(), await aws.rds(), await aws.secretsManager(), await aws.efs()]) client.destroy();
    moto.stop();
    restore();
  });

  const target = () => restoringTarget(environment, aws, { database: { masterSecretArn }, fileSystems: {}, buckets: {} });

  it('a bucket is as it was: without what came later, with what was overwritten and deleted since', async () => {
    const s3 = await aws.s3();
    await s3.createBucket({ Bucket: bucket.name, CreateBucketConfiguration: { LocationConstraint: REGION } });
    await s3.putBucketVersioning({ Bucket: bucket.name, VersioningConfiguration: { Status: 'Enabled' } });
    const put = (Key: string, Body: string) => s3.putObject({ Bucket: bucket.name, Key, Body });
    await put('kept', 'one');
    await put('overwritten/ä b+c', 'before');
    await put('deleted', 'two');
    await put('deleted before', 'three');
    await s3.deleteObject({ Bucket: bucket.name, Key: 'deleted before' });
    await pause(1100);
    const moment = momentOf(written(new Date()));
    await pause(1100);
    await put('overwritten/ä b+c', 'afterwards');
    await put('later', 'four');
    await s3.deleteObject({ Bucket: bucket.name, Key: 'deleted' });

    const done = await restoreBucket(target(), bucket, moment, { report });
    expect(done).toMatchObject({ objects: 3, bytes: 'one'.length + 'before'.length + 'two'.length });
    const text = async (Key: string) => (await s3.getObject({ Bucket: done.name, Key })).Body?.transformToString();
    expect(await Promise.all(['kept', 'overwritten/ä b+c', 'deleted'].map(text))).toEqual(['one', 'before', 'two']);
    const { Contents = [] } = await s3.listObjectsV2({ Bucket: done.name });
    expect(Contents.map(({ Key }) => Key)).toEqual(['deleted', 'kept', 'overwritten/ä b+c']);
    // The live one is as it was.
    expect((await s3.getObject({ Bucket: bucket.name, Key: 'later' })).ContentLength).toBe(4);

    const again: string[] = [];
    await restoreBucket(target(), bucket, moment, { report: (line) => void again.push(line) });
    expect(again[0]).toContain('0 of them to be copied');

    expect(await allRestored(target())).toEqual([expect.objectContaining({ kind: 'bucket', key: 'photos', name: done.name })]);
    for (const one of await allRestored(target())) await dropRestored(target(), one);
    const { Buckets = [] } = await s3.listBuckets({});
    expect(Buckets.map(({ Name }) => Name)).toEqual([bucket.name]);
  }, 60_000);

  it('the command does the same, says it as one document, and continues what is there', async () => {
    const files = { 'shop-test': exampleFile({ protect: false, buckets: { photos: { versioning: true } }, region: REGION }) };
    const { endpoint = '' } = aws.options;
    const command = (...args: string[]) => runCommand(files, ['restore', 'shop-test', '--endpoint', endpoint, '--json', ...args]);
    const at = ['--at', written(new Date()), '--bucket', 'photos'];

    const planned = await command(...at, '--dry-run');
    expect([planned.exitCode, JSON.parse(planned.stdout)]).toEqual([0, expect.objectContaining({ key: 'photos', dryRun: true })]);
    expect((await command(...at)).exitCode).toBe(2);
    const done = await command(...at, '--yes');
    expect([done.exitCode, JSON.parse(done.stdout)]).toEqual([0, expect.objectContaining({ kind: 'bucket', objects: 3 })]);
    const listed = JSON.parse((await command('--list')).stdout);
    expect(listed.restored).toEqual([expect.objectContaining({ name: JSON.parse(done.stdout).name })]);
    expect(JSON.parse((await command('--drop', '--yes')).stdout).dropped).toEqual(listed.restored);
    expect(JSON.parse((await command('--list')).stdout).restored).toEqual([]);
  }, 60_000);

  it('a bucket that is there, and that no restore has made, is left alone', async () => {
    const s3 = await aws.s3();
    // The emulator keeps the tags of a bucket that is gone: the name must be one that no test before has restored.
    const moment = momentOf(written(new Date(Date.now() - 60_000)));
    const name = `${bucket.name}-restored-${moment.stamp}`;
    await s3.createBucket({ Bucket: name, CreateBucketConfiguration: { LocationConstraint: REGION } });
    await s3.putObject({ Bucket: name, Key: 'mine', Body: 'x' });
    await expect(restoreBucket(target(), bucket, moment, { report })).rejects.toThrow(/no restore has made/);
    expect(await allRestored(target())).toEqual([]);
  }, 60_000);

  it('an instance is restored to a time by RDS, found by its tags, and dropped', async () => {
    const rds = await aws.rds();
    await rds.createDBInstance({
      DBInstanceIdentifier: database.identifier,
      DBInstanceClass: 'db.t4g.micro',
      Engine: 'postgres',
      AllocatedStorage: 20,
      MasterUsername: 'postgres',
      MasterUserPassword: 'password',
      BackupRetentionPeriod: 7,
    });
    const window = { EarliestTime: new Date(Date.now() - 86_400_000), LatestTime: new Date() };
    rds.describeDBInstanceAutomatedBackups = (() =>
      Promise.resolve({
        DBInstanceAutomatedBackups: [{ RestoreWindow: window }],
      })) as typeof rds.describeDBInstanceAutomatedBackups;
    const moment = momentOf(written(new Date(Date.now() - 3_600_000)));
    const row = JSON.stringify({ schema: 'public', table: 'users', rows: 1, estimate: 1 });
    const place = { name: 'place', run: () => Promise.resolve({ exitCode: 0, stdout: row, stderr: '' }) };
    const done = await restoreDatabase(target(), database, moment, place, { report, everySeconds: 0 });
    expect(done.name).toBe(`shop-test-restored-${moment.stamp}`);
    expect(await allRestored(target())).toEqual([{ kind: 'database', key: 'shop', name: done.name, asOf: written(moment.date) }]);
    for (const one of await allRestored(target())) await dropRestored(target(), one);
    const { DBInstances = [] } = await rds.describeDBInstances({});
    expect(DBInstances.map(({ DBInstanceIdentifier: id }) => id)).toEqual([database.identifier]);
  }, 60_000);
});
