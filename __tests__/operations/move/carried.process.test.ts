import { AwsClients } from '../../../src/aws/clients';
import { newJournal } from '../../../src/operations/move/journal';
import { BucketJournal, FileJournal, JournalConflict, type JournalStore } from '../../../src/operations/move/journal-store';
import { bucketSteps, compareBuckets, objectsSince, olderVersions } from '../../../src/operations/move/parts/buckets';
import { queueSteps, depthOf } from '../../../src/operations/move/parts/queues';
import { secretSteps } from '../../../src/operations/move/parts/secrets';
import type { Outcome, Step } from '../../../src/operations/move/steps';
import { TransferBucket } from '../../../src/operations/move/transfer-bucket';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withTestCredentials } from '../../support/aws-credentials';
import { isMotoInstalled, Moto } from '../../support/terraform';

jest.setTimeout(180_000);

const TOOLS = { report: () => undefined, factsOf: () => ({}), discardWrites: false };

function runStep(steps: readonly Step[], id: string): Promise<Outcome> {
  const step = steps.find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step.run(TOOLS);
}

const isPossible = isMotoInstalled();
if (!isPossible) process.stderr.write('moto_server is not installed: what a move carries is not tried on an emulator\n');

(isPossible ? describe : describe.skip)('what a move carries, on an emulator', () => {
  const restore = withTestCredentials();
  let moto: Moto;
  let aws: AwsClients;

  beforeAll(async () => {
    moto = await Moto.start();
    aws = new AwsClients({ region: 'us-east-1', endpoint: moto.url });
  });
  afterAll(() => {
    moto.stop();
    restore();
  });

  describe('buckets', () => {
    const pair = () => ({ key: 'uploads', from: 'old-uploads', to: 'new-uploads', s3: aws.s3, sourceS3: aws.s3 });

    beforeAll(async () => {
      const s3 = await aws.s3();
      for (const Bucket of ['old-uploads', 'new-uploads']) await s3.createBucket({ Bucket });
      await s3.putBucketVersioning({ Bucket: 'old-uploads', VersioningConfiguration: { Status: 'Enabled' } });
      for (let index = 0; index < 1100; index += 1)
        await s3.putObject({ Bucket: 'old-uploads', Key: `images/${index} é+&.txt`, Body: `text ${index}` });
    });

    it('copies every object of more than one page, whatever its key, and finds both equal', async () => {
      expect(await runStep(bucketSteps([pair()]), 'copy/bucket-uploads')).toMatchObject({
        notes: ['old-uploads: 1100 objects copied, 0 were there'],
      });
      expect(await compareBuckets(pair())).toMatchObject({ objects: 1100, different: [], extra: [] });
    });

    it('finds an object that is missing, and one with another content of the same size', async () => {
      const s3 = await aws.s3();
      await s3.deleteObject({ Bucket: 'new-uploads', Key: 'images/7 é+&.txt' });
      await s3.putObject({ Bucket: 'new-uploads', Key: 'images/8 é+&.txt', Body: 'TEXT 8' });
      expect(await runStep(bucketSteps([pair()]), 'last-verify/bucket-uploads')).toMatchObject({
        kind: 'failed',
        why: 'new-uploads differs from old-uploads: images/7 é+&.txt, images/8 é+&.txt',
        repeatFrom: 'last-copy/bucket-uploads',
      });
      await s3.deleteObject({ Bucket: 'new-uploads', Key: 'images/8 é+&.txt' });
    });

    it('copies only what is missing or was replaced since, and overwrites nothing that is newer', async () => {
      const s3 = await aws.s3();
      await runStep(bucketSteps([pair()]), 'last-copy/bucket-uploads');
      const switched = new Date();
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await s3.putObject({ Bucket: 'old-uploads', Key: 'images/1 é+&.txt', Body: 'replaced' });
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await s3.putObject({ Bucket: 'new-uploads', Key: 'images/2 é+&.txt', Body: 'of a visitor' });
      expect(await runStep(bucketSteps([pair()]), 'watch/bucket-uploads')).toMatchObject({
        notes: ['old-uploads: 1 objects copied, 1099 were there'],
      });
      const { Body: body } = await s3.getObject({ Bucket: 'new-uploads', Key: 'images/2 é+&.txt' });
      expect(await body?.transformToString()).toBe('of a visitor');
      expect(await objectsSince(pair(), switched)).toContain('images/2 é+&.txt');
      expect(await olderVersions(pair())).toBe(1);
    });
  });

  it('carries the messages of a queue, and leaves none behind', async () => {
    const sqs = await aws.sqs();
    for (const QueueName of ['old-mail', 'new-mail']) await sqs.createQueue({ QueueName });
    const { QueueUrl } = await sqs.getQueueUrl({ QueueName: 'old-mail' });
    for (let index = 0; index < 25; index += 1)
      await sqs.sendMessage({
        QueueUrl,
        MessageBody: `message ${index}`,
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'mail' } },
      });
    const steps = queueSteps([{ key: 'mail', from: 'old-mail', to: 'new-mail', source: aws.sqs, target: aws.sqs }]);
    expect(await runStep(steps, 'switch/queue-mail')).toMatchObject({
      notes: ['old-mail: empty; 25 messages carried to new-mail'],
    });
    expect(await depthOf(sqs, 'old-mail')).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    const { Messages: [message] = [] } = await sqs.receiveMessage({
      QueueUrl: (await sqs.getQueueUrl({ QueueName: 'new-mail' })).QueueUrl,
      MessageAttributeNames: ['All'],
    });
    expect(message?.MessageAttributes?.kind?.StringValue).toBe('mail');
  });

  describe('secrets', () => {
    const steps = (carry: boolean, left: readonly string[] = []) =>
      secretSteps(
        [{ key: 'jwt', from: '/shop/mvp/jwt', to: '/shop/growth/jwt', source: aws.secretsManager, target: aws.secretsManager }],
        { carry, left: new Set(left) },
      );

    it('are refused while they differ, and carried over only when that was asked for', async () => {
      const client = await aws.secretsManager();
      await client.createSecret({ Name: '/shop/mvp/jwt', SecretString: 's3cret-old' });
      await client.createSecret({ Name: '/shop/growth/jwt', SecretString: 's3cret-new' });
      const refused = await runStep(steps(false), 'check/secrets');
      expect(refused).toMatchObject({ kind: 'failed' });
      expect(JSON.stringify(refused)).toContain('the secret jwt is another one');
      expect(JSON.stringify(refused)).not.toContain('s3cret');
      expect(await runStep(steps(true), 'check/secrets')).toMatchObject({ kind: 'done' });
      expect(JSON.stringify(await runStep(steps(true), 'copy/secrets'))).not.toContain('s3cret');
      expect((await client.getSecretValue({ SecretId: '/shop/growth/jwt' })).SecretString).toBe('s3cret-old');
      expect(await runStep(steps(false), 'verify/secrets')).toMatchObject({ kind: 'done' });
    });

    it('are not looked at where a person leaves them', () => {
      expect(steps(false, ['jwt'])).toEqual([]);
    });
  });

  it('keeps the parts of a dump behind addresses without a login, and no version of them afterwards', async () => {
    const s3 = await aws.s3();
    await s3.createBucket({ Bucket: 'states' });
    await s3.putBucketVersioning({ Bucket: 'states', VersioningConfiguration: { Status: 'Enabled' } });
    await s3.putObject({ Bucket: 'states', Key: 'mvp/network/terraform.tfstate', Body: '{}' });
    const store = new TransferBucket(aws, 'states', 'mvp/move/move_1/');
    const body = 'part of a dump';
    const put = await fetch(await store.addressToPut('0001-abc', body.length), { method: 'PUT', body });
    expect(put.status).toBe(200);
    expect(await (await fetch(await store.addressToGet('0001-abc'))).text()).toBe(body);
    expect(await store.list()).toEqual([{ name: '0001-abc', bytes: body.length }]);
    await store.clear();
    const { Versions: left = [] } = await s3.listObjectVersions({ Bucket: 'states' });
    expect(left.map(({ Key }) => Key)).toEqual(['mvp/network/terraform.tfstate']);
  });

  const STORES: readonly (readonly [string, () => Promise<JournalStore>])[] = [
    [
      'in a bucket',
      async () => {
        await (await aws.s3()).createBucket({ Bucket: 'journals' });
        return new BucketJournal(aws, 'journals', 'mvp/move/');
      },
    ],
    ['on this machine', () => Promise.resolve(new FileJournal(mkdtempSync(join(tmpdir(), 'terrace-journal-'))))],
  ];

  it.each(STORES)('a journal %s is written by one person only', async (_, open) => {
    const store = await open();
    const journal = newJournal(
      { kind: 'database', source: 'shop-mvp', choices: { live: false, secrets: false, leave: [] } },
      new Date(),
    );
    expect(await store.read()).toBeUndefined();
    const both = await Promise.allSettled([store.write(journal, undefined), store.write({ ...journal, id: 'other' }, undefined)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const stored = await store.read();
    await store.write({ ...journal, direction: 'back' }, stored?.version);
    await expect(store.write(journal, stored?.version)).rejects.toThrow(JournalConflict);
    expect((await store.read())?.journal.direction).toBe('back');
  });
});
