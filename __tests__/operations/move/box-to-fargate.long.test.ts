/**
 * `npm run move -- shop-mvp --to shop-growth` from end to end: two PostgreSQL servers, the scripts of a host and of tasks run on this
 * machine, parts travel through an emulator of S3, a stub of terraform leads visitors, and a writer remembers what was acknowledged.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { AwsClients } from '../../../src/aws/clients';
import { APPLICATION_PASSWORD, RDS_MASTER } from '../../support/awkward-database';
import { AwsFront } from '../../support/aws-front';
import { withTestCredentials } from '../../support/aws-credentials';
import { boxed } from '../../support/boxed';
import { fileOf, runCommand } from '../../support/command';
import { lostOrDoubled, startPair, stopPair, versionsOfPair, Writer, type Pair } from '../../support/database-move';
import { example } from '../../support/example';
import { isMotoInstalled, Moto } from '../../support/terraform';
import { clientsOf } from '../../support/postgres-cluster';
import { StubHost } from '../../support/stub-host';
import { StubTasks } from '../../support/stub-tasks';
import { PlayedMove, writesIn } from '../../support/played-move';
import { appliesOf, inSharedZone, keepStates, NAMES, namesTerraform, STATES } from '../../support/moved-shop';
import type * as WaitsSoon from '../../support/waits-soon';

jest.mock('../../../src/aws/waiting', () => jest.requireActual<typeof WaitsSoon>('../../support/waits-soon').waitsSoon(0.2));

jest.setTimeout(300_000);

/** What the files of the host are called in scripts, in its folder: the container has the volume under another path. */
const IN_THE_FOLDER = `gzip -d | sed -e 's#/var/lib/postgresql/data/terrace-move#@dump@#g' -e 's#/data/postgres/terrace-move#@dump@#g' \\
  -e 's#/data/terrace-move#@parts@#g' -e "s#@dump@#$HOST/data/postgres/terrace-move#g" -e "s#@parts@#$HOST/data/terrace-move#g"`;

const isPossible = isMotoInstalled() && versionsOfPair() !== undefined;
if (!isPossible) process.stderr.write('moto_server or PostgreSQL is not installed: the move from end to end is skipped\n');

(isPossible ? describe : describe.skip)('a move from a box to Fargate, from end to end', () => {
  const restore = withTestCredentials();
  let moto: Moto;
  const scratch = mkdtempSync(join(tmpdir(), 'terrace-moved-'));
  const output = join(scratch, 'cdktf.out');
  const terraform = namesTerraform();
  let servedBy = 'shop-mvp';
  let pair: Pair;
  let host: StubHost;
  let tasks: StubTasks;
  let front: AwsFront;
  let aws: AwsClients;

  const appliedNames = (): number => appliesOf(terraform, NAMES);
  /** Visitors are where the names lead. */
  const writer = new Writer(() => (appliedNames() > 0 ? pair.target : pair.source).port);

  const files = {
    'shop-mvp': () => fileOf(boxed({ ...inSharedZone(servedBy), name: 'shop-mvp', database: BOX_DATABASE }))(),
    'shop-growth': () => fileOf(example({ ...inSharedZone(servedBy), name: 'shop-growth' }))(),
  };

  beforeAll(async () => {
    pair = await startPair(200);
    Writer.prepare(pair.source);
    // What database-init has done in a new environment.
    pair.target.query(
      `create role app login password '${APPLICATION_PASSWORD}' connection limit 40; alter role app set statement_timeout = '30s'`,
      { user: RDS_MASTER },
    );
    const programs = `${clientsOf(pair.source.programs)}:$PATH`;
    const login = (cluster: Pair['source'], user?: string) => cluster.environment({ user });
    const variables = Object.entries(login(pair.source)).map(([name, value]) => `${name}='${value}'`);
    // The image of PostgreSQL has no curl: a script that calls it there fails.
    host = new StubHost(`exec env -i PATH="$HOST/none:${programs}" HOST="$HOST" ${variables.join(' ')} "$@"`);
    mkdirSync(join(host.folder, 'none'));
    host.program('../none/curl', 'exit 127');
    host.program('gunzip', IN_THE_FOLDER);
    // Each task has storage of its own, which is gone with it.
    tasks = new StubTasks(
      { ...login(pair.target, RDS_MASTER), PATH: programs.replace('$PATH', process.env.PATH ?? '') },
      (script, run) => script.replaceAll('/tmp/terrace-move', join(scratch, `task-${run}`)),
    );
    moto = await Moto.start();
    front = new AwsFront({ ...host.actions, ...tasks.actions }, moto.url);
    aws = new AwsClients({ region: 'eu-west-1', endpoint: await front.start() });
    await keepStates(aws, { 'mvp/compute-box': { instance_id: 'i-0123456789abcdef0' } }, ['shop-mvp-backups']);
    const synth = await runCommand(files, ['synth', '--output', output]);
    expect(synth.exitCode).toBe(0);
  });
  afterAll(async () => {
    await writer.stop();
    await front.stop();
    moto.stop();
    stopPair(pair);
    host.remove();
    terraform.remove();
    rmSync(scratch, { recursive: true, force: true });
    restore();
  });

  const played = new PlayedMove({ files, name: 'shop-mvp', output, terraform, front: () => front });

  const writes = () => writesIn(700, writer);

  it('waits for the description before the interruption begins', async () => {
    writer.start();
    const stdout = await played.done({ to: 'shop-growth' });
    expect(stdout).toContain('shop-mvp to shop-growth: waiting at verify/description');
    expect(stdout).toContain(`servedBy: 'shop-growth'`);
    expect(writer.refused).toBe(0);
    expect(await writes()).toBeGreaterThan(0);
  });

  it('refuses writes while it is killed as the dump is sent, and --back opens the old side again', async () => {
    servedBy = 'shop-growth';
    await played.killedAt(({ method, url = '' }) => method === 'PUT' && url.includes('/dump.0000-'));
    expect(await writes()).toBe(0);
    expect((await played.run({ back: true })).end).toContain('pass --take-over');
    expect(await played.done({ back: true, takeOver: true })).toContain('taken back');
    expect(await writes()).toBeGreaterThan(0);
    expect(appliedNames()).toBe(0);
    expect(await partsOnTheWay()).toEqual([]);
  });

  it('is killed while the target restores, continued, and leads visitors to everything that was acknowledged', async () => {
    let fetched = false;
    await played.killedAt(
      ({ method, url = '' }) => (fetched ||= method === 'GET' && url.includes('/dump.0000-')) && method === 'POST',
      { to: 'shop-growth' },
    );
    const stdout = await played.done({ takeOver: true });
    expect(stdout).toContain('shop-mvp to shop-growth: visitors are on the new side');
    expect(stdout).toMatch(/last-verify\/database: \d+ tables with \d+ rows and \d+ sequences are the same/);
    expect(appliedNames()).toBe(1);
    const after = await writes();
    expect(after).toBeGreaterThan(0);
    await writer.stop();
    expect(lostOrDoubled(pair.target, writer.acknowledged)).toEqual([]);
    // Nothing that was written after the switch is on the old side.
    expect(lostOrDoubled(pair.source, writer.acknowledged).length).toBeGreaterThanOrEqual(after);
  });

  it('does not go back when that would lose what was written since', async () => {
    servedBy = 'shop-mvp';
    const { end, stdout } = await played.run({ back: true });
    expect(end).toBe(1);
    expect(stdout).toContain('shop-growth has been written to since the switch');
    expect(appliedNames()).toBe(1);
    expect((await played.run()).stdout).toContain('waiting at switch/names');
    servedBy = 'shop-growth';
  });

  it('is finished by who stays, and keeps no part of the dump anywhere', async () => {
    expect(await played.done({ finish: true })).toContain('shop-mvp to shop-growth: finished');
    expect(await partsOnTheWay()).toEqual([]);
    for (const folder of ['data/postgres/terrace-move', 'data/terrace-move'])
      expect(existsSync(join(host.folder, folder))).toBe(false);
  });

  it('shows no address of a part where a history or a definition keeps it', () => {
    const asked = front.calls
      .filter(({ name }) => name !== 'PutSecretValue')
      .map(({ name, input }) => `${name} ${readable(JSON.stringify(input))}`)
      .join('\n');
    expect(asked).toContain('SendCommand');
    expect(asked).not.toContain('X-Amz-Signature');
  });

  async function partsOnTheWay(): Promise<readonly string[]> {
    const { Contents: found = [] } = await (await aws.s3()).listObjectsV2({ Bucket: STATES, Prefix: 'mvp/move/' });
    return found.map(({ Key: key = '' }) => key).filter((key) => key.includes('dump'));
  }
});

/** With what is compressed in it. */
function readable(text: string): string {
  const packed = text.match(/H4sI[A-Za-z0-9+/=]+/g) ?? [];
  return [text, ...packed.map((piece) => unpackedStart(piece))].join('\n');
}

/** A long text arrives in pieces: the first one can be read to its end. */
function unpackedStart(piece: string): string {
  return gunzipSync(Buffer.from(piece, 'base64'), { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}

const BOX_DATABASE = { placement: 'host', version: '16', name: 'shop' } as const;
