/**
 * `npm run move -- shop-mvp --to shop-growth` of a box whose database is on RDS, from end to end: a task of the new side dumps the old
 * server over a peering, with two PostgreSQL servers, tasks and scripts on this machine, and a writer that remembers what was
 * acknowledged.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClients } from '../../../src/aws/clients';
import { APPLICATION_PASSWORD, RDS_MASTER, RDS_SUPERUSER, rdsMaster } from '../../support/awkward-database';
import { AwsFront } from '../../support/aws-front';
import { withTestCredentials } from '../../support/aws-credentials';
import { moved } from '../../support/boxed';
import { fileOf, runCommand } from '../../support/command';
import { lostOrDoubled, versionsOfPair, Writer } from '../../support/database-move';
import { emulatedNetwork, emulatedRds, routeLeft } from '../../support/emulated-network';
import { example } from '../../support/example';
import { isMotoInstalled, Moto } from '../../support/terraform';
import { clientsOf, PostgresCluster } from '../../support/postgres-cluster';
import { StubHost } from '../../support/stub-host';
import { StubTasks } from '../../support/stub-tasks';
import { PlayedMove, writesIn } from '../../support/played-move';
import {
  appliesOf,
  inSharedZone,
  keepStates,
  MASTER_SECRET,
  NAMES,
  namesTerraform,
  ON_RDS,
  STATES,
} from '../../support/moved-shop';
import type * as WaitsSoon from '../../support/waits-soon';

jest.mock('../../../src/aws/waiting', () => jest.requireActual<typeof WaitsSoon>('../../support/waits-soon').waitsSoon(0.2));

jest.setTimeout(600_000);

/** Of the old master, which RDS knows and no script may show. */
const MASTER_PASSWORD = 'of the old master';

const isPossible = isMotoInstalled() && versionsOfPair() !== undefined;
if (!isPossible) process.stderr.write('moto_server or PostgreSQL is not installed: the move of a database on RDS is skipped\n');

(isPossible ? describe : describe.skip)('a move of a database on RDS to another environment, from end to end', () => {
  const restore = withTestCredentials();
  const scratch = mkdtempSync(join(tmpdir(), 'terrace-moved-'));
  const output = join(scratch, 'cdktf.out');
  const terraform = namesTerraform();
  let servedBy = 'shop-mvp';
  let moto: Moto;
  let source: PostgresCluster;
  let target: PostgresCluster;
  let host: StubHost;
  let tasks: StubTasks;
  let front: AwsFront;
  let aws: AwsClients;

  const appliedNames = (): number => appliesOf(terraform, NAMES);
  const writer = new Writer(() => (appliedNames() > 0 ? target : source).port);

  const files = {
    'shop-mvp': () =>
      fileOf(
        moved({
          ...inSharedZone(servedBy),
          name: 'shop-mvp',
          ...ON_RDS,
        }),
      )(),
    'shop-growth': () =>
      fileOf(
        example({ ...inSharedZone(servedBy), name: 'shop-growth', network: { cidr: '10.1.0.0/16', zones: 2, nat: 'single' } }),
      )(),
  };

  beforeAll(async () => {
    const [older, newer] = versionsOfPair()!;
    [source, target] = await Promise.all([
      PostgresCluster.start(older, {}, RDS_SUPERUSER),
      PostgresCluster.start(newer, {}, RDS_SUPERUSER),
    ]);
    source.query(rdsMaster(older.major));
    target.query(rdsMaster(newer.major));
    source.query(`alter role ${RDS_MASTER} password '${MASTER_PASSWORD}'`);
    const app = `create role app login password '${APPLICATION_PASSWORD}';`;
    source.query(`${app} grant app to ${RDS_MASTER}; grant all on schema public to app;`);
    source.query(`set role app; create table public.orders (id bigserial primary key, note text);
      insert into public.orders (note) select 'order ' || n from generate_series(1, 5000) n; create index on public.orders (note);`);
    Writer.prepare(source);
    // What database-init has done in a new environment.
    target.query(app, { user: RDS_MASTER });
    const programs = `${clientsOf(source.programs)}:$PATH`;
    const login = Object.entries({ ...source.environment({ user: RDS_MASTER }), PGPASSWORD: MASTER_PASSWORD });
    const variables = login.map(([name, value]) => `${name}='${value}'`);
    host = new StubHost(`exec env -i PATH="${programs}" HOST="$HOST" ${variables.join(' ')} "$@"`);
    // Names of RDS lead to the servers of this test, and a task has storage of its own.
    tasks = new StubTasks(
      { ...target.environment({ user: RDS_MASTER }), PATH: programs.replace('$PATH', process.env.PATH ?? '') },
      (script, run) =>
        script
          .replaceAll('/tmp/terrace-move', join(scratch, `task-${run}`))
          .replaceAll(/[a-z0-9.-]+\.rds\.amazonaws\.com/g, '127.0.0.1')
          .replaceAll("PGSSLMODE='require'", 'PGSSLMODE=disable'),
    );
    moto = await Moto.start();
    front = new AwsFront({ ...host.actions, ...tasks.actions }, moto.url);
    aws = new AwsClients({ region: 'eu-west-1', endpoint: await front.start() });
    const [old, own] = [await emulatedNetwork(aws, '10.0', 'database'), await emulatedNetwork(aws, '10.1', 'tasks')];
    tasks.network = { subnetIds: [...own.subnetIds], securityGroupId: own.securityGroupId };
    await emulatedRds(aws, old, {
      identifier: 'shop-mvp',
      port: source.port,
      secretName: MASTER_SECRET,
      login: { username: RDS_MASTER, password: MASTER_PASSWORD },
    });
    const states = {
      'mvp/compute-box': { instance_id: 'i-0123456789abcdef0' },
      'growth/network': { vpc_id: own.vpcId },
    };
    await keepStates(aws, states, ['shop-mvp-backups']);
    const { exitCode, stderr } = await runCommand(files, ['synth', '--output', output]);
    if (exitCode !== 0) throw new Error(stderr);
  });
  afterAll(async () => {
    await writer.stop();
    await front.stop();
    moto.stop();
    source.stop();
    target.stop();
    host.remove();
    terraform.remove();
    rmSync(scratch, { recursive: true, force: true });
    restore();
  });

  const played = new PlayedMove({ files, name: 'shop-mvp', output, terraform, front: () => front });

  const writes = () => writesIn(1500, writer);

  it('opens the route before it compares the servers, and waits for the description', async () => {
    writer.start();
    const stdout = await played.done({ to: 'shop-growth' });
    expect(stdout).toContain('waiting at verify/description');
    const left = await routeLeft(aws);
    expect(left.filter((line) => line.endsWith(' active'))).toHaveLength(1);
    // Both sides have two subnets: two rules each, and both in the one table of either network.
    expect(left.filter((line) => /^(to 10\.0|from 10\.1)/.test(line))).toHaveLength(4);
    expect(left.filter((line) => line.includes(' by pcx-'))).toHaveLength(4);
    expect(writer.refused).toBe(0);
  });

  it('is killed while a task works on the frozen database, and taken back without a trace', async () => {
    servedBy = 'shop-growth';
    await played.killedAt(({ headers }) => String(headers['x-amz-target']).endsWith('DescribeTasks') && isFrozen());
    expect(await writes()).toBe(0);
    expect(await played.done({ back: true, takeOver: true })).toContain('taken back');
    expect(await routeLeft(aws)).toEqual([]);
    expect(await writes()).toBeGreaterThan(0);
    expect(target.query(`select count(*) from pg_tables where schemaname = 'public'`)).toBe('0');
  });

  it('is moved: nothing that was acknowledged is lost or doubled', async () => {
    const stdout = await played.done({ to: 'shop-growth' });
    expect(stdout).toContain('shop-mvp to shop-growth: visitors are on the new side');
    expect(stdout).toContain('build/route: port 5432 of RDS of shop-mvp is open for tasks of shop-growth');
    expect(stdout).toMatch(/last-verify\/database: 2 tables with \d+ rows and 2 sequences are the same/);
    expect(await writes()).toBeGreaterThan(0);
    await writer.stop();
    expect(lostOrDoubled(target, writer.acknowledged)).toEqual([]);
    expect(target.query('select count(*) from public.orders')).toBe('5000');
  });

  it('is finished, and the route is closed', async () => {
    expect(await played.done({ finish: true })).toContain('shop-mvp to shop-growth: finished');
    expect(await routeLeft(aws)).toEqual([]);
  });

  it('shows the password of the old master in no definition, command or journal', async () => {
    const shown = front.calls.filter(({ name }) => name !== 'PutSecretValue');
    expect(JSON.stringify(shown)).not.toContain(MASTER_PASSWORD);
    // It was passed, and nothing of it is left.
    expect(JSON.stringify(front.calls)).toContain(MASTER_PASSWORD);
    expect(tasks.labels.size).toBe(0);
    const s3 = await aws.s3();
    const { Body: journal } = await s3.getObject({ Bucket: STATES, Key: 'mvp/move/journal.json' });
    expect(await journal?.transformToString()).not.toContain(MASTER_PASSWORD);
  });

  /** The login of the application is refused. */
  function isFrozen(): boolean {
    return source.query(`select rolcanlogin from pg_roles where rolname = 'app'`) === 'f';
  }
});
