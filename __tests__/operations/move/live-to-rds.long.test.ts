/**
 * `npm run move -- shop-mvp --live` from end to end: PostgreSQL on a host and on RDS are two real servers, the new one follows the old
 * one through systemd's proxy on the address of the host, and a writer remembers what was acknowledged and how long it was refused.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClients } from '../../../src/aws/clients';
import { APPLICATION_PASSWORD, awkwardDatabase, RDS_MASTER, RDS_SUPERUSER, rdsMaster } from '../../support/awkward-database';
import { AwsFront } from '../../support/aws-front';
import { withTestCredentials } from '../../support/aws-credentials';
import { moved } from '../../support/boxed';
import { fileOf, runCommand } from '../../support/command';
import { lostOrDoubled, stateOfServer, versionsOfPair, Writer } from '../../support/database-move';
import { ListeningHost, isListenerPossible } from '../../support/listening-host';
import { emulatedGroup, emulatedHost, emulatedNetwork, emulatedRds, routeLeft } from '../../support/emulated-network';
import { isMotoInstalled, Moto } from '../../support/terraform';
import { planJson, resourceChange } from '../../support/plans';
import { clientsOf, PASSWORD, PostgresCluster } from '../../support/postgres-cluster';
import { completed, jsonLines, StubTerraform } from '../../support/stub-terraform';
import { PlayedMove } from '../../support/played-move';
import { appliesOf, IN_STATES, keepStates, MASTER_SECRET, ON_RDS } from '../../support/moved-shop';
import type * as WaitsSoon from '../../support/waits-soon';

jest.mock('../../../src/aws/waiting', () => jest.requireActual<typeof WaitsSoon>('../../support/waits-soon').waitsSoon(0.2));

jest.setTimeout(600_000);

const HOST_ADDRESS = '127.78.1.10';

const versions = versionsOfPair();
const isPossible = isMotoInstalled() && isListenerPossible() && versions !== undefined && versions[1].major > versions[0].major;
if (!isPossible)
  process.stderr.write('moto_server, systemd or two versions of PostgreSQL are not installed: the live move to RDS is skipped\n');

/** As `terrace-pg` works once the description of the host says RDS. */
const LED_TO_RDS = 'if [ -e "$HOST/managed" ]; then set -- env $TARGET "$@"; fi';

(isPossible ? describe : describe.skip)('a database that leaves its host while it serves, from end to end', () => {
  const restore = withTestCredentials();
  const scratch = mkdtempSync(join(tmpdir(), 'terrace-live-'));
  const output = join(scratch, 'cdktf.out');
  const terraform = new StubTerraform({
    '*:show': { stdout: planJson([resourceChange('aws_vpc_security_group_ingress_rule.rule', ['update'])]) },
    '*:apply': { stdout: jsonLines(completed('aws_vpc_security_group_ingress_rule.rule', 'update')) },
  });
  let moto: Moto;
  let source: PostgresCluster;
  let target: PostgresCluster;
  let host: ListeningHost;
  let front: AwsFront;
  let aws: AwsClients;
  let before = '';

  const applied = (): number => appliesOf(terraform, 'shop-mvp-compute-box');
  /** The rules come with the new servers, the new configuration of the host with the switch. */
  let appliedBefore = Infinity;
  const isSwitched = (): boolean => applied() > appliedBefore + 1;
  const writer = new Writer(() => {
    if (isSwitched() && !existsSync(join(host.folder, 'managed')))
      for (const name of ['managed', 'stopped']) writeFileSync(join(host.folder, name), '');
    return (isSwitched() ? target : source).port;
  });

  const files = {
    'shop-mvp': () =>
      fileOf(
        moved({
          name: 'shop-mvp',
          cache: undefined,
          backend: IN_STATES as never,
          ...ON_RDS,
        }),
      )(),
  };

  beforeAll(async () => {
    const [older, newer] = versions!;
    // As on a host: a log that cannot be followed, and no certificate.
    [source, target] = await Promise.all([PostgresCluster.start(older), PostgresCluster.start(newer, {}, RDS_SUPERUSER)]);
    source.query(awkwardDatabase(Number(process.env.TERRACE_MOVE_ROWS ?? 2000), { xml: newer.major < 18 }));
    target.query(rdsMaster(newer.major));
    Writer.prepare(source);
    const login = (cluster: PostgresCluster, user?: string) =>
      Object.entries(cluster.environment({ user }))
        .map(([name, value]) => `${name}='${value}'`)
        .join(' ');
    const programs = `PATH="$HOST/none:${clientsOf(source.programs)}:$PATH" HOST="$HOST"`;
    const onTarget = login(target, RDS_MASTER).replaceAll(`PGPASSWORD='${PASSWORD}'`, '');
    host = new ListeningHost(source, {
      pg: `TARGET="${onTarget.replaceAll("'", '')}"\n${LED_TO_RDS}\nexec env -i ${programs} ${login(source)} "$@"`,
      rewritten: [
        `s#[a-z0-9.-]*\\.rds\\.amazonaws\\.com#127.0.0.1#g`,
        `s#PGSSLMODE=\\(verify-full\\|'require'\\|require\\)#PGSSLMODE=disable#g`,
      ],
    });
    host.program('../none/none', '');
    // What the job sets on the new server, as its master.
    host.program(
      'terrace-job',
      `${clientsOf(target.programs)}/psql "host=127.0.0.1 port=${target.port} user=${RDS_MASTER} dbname=shop password='${PASSWORD}'" -qc "alter role app password '${APPLICATION_PASSWORD}'"`,
    );
    moto = await Moto.start();
    front = new AwsFront(host.actions, moto.url);
    aws = new AwsClients({ region: 'eu-west-1', endpoint: await front.start() });
    const network = await emulatedNetwork(aws, '127.78', 'host');
    const instanceId = await emulatedHost(aws, network, HOST_ADDRESS);
    const group = await emulatedGroup(aws, network.vpcId, 'database');
    await emulatedRds(
      aws,
      { ...network, securityGroupId: group },
      {
        identifier: 'shop-mvp',
        port: target.port,
        secretName: MASTER_SECRET,
        login: { username: RDS_MASTER, password: PASSWORD },
      },
    );
    await keepStates(aws, {
      'mvp/compute-box': { instance_id: instanceId },
      // As it was deployed: on the host, without a master that has a secret.
      'mvp/data': { database: { host: '127.0.0.1', role_secret_arns: {}, replica_hosts: {} } },
    });
    const { exitCode, stderr } = await runCommand(files, ['synth', '--output', output]);
    if (exitCode !== 0) throw new Error(stderr);
    before = stateOfServer(source);
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

  it('says what it opens and closes, and changes nothing', async () => {
    const stdout = await played.done({ live: true, dryRun: true });
    expect(stdout).toContain('opens a network route from RDS to PostgreSQL on the host of shop-mvp, which restarts once for it');
    expect(stdout).toContain('closes the network route');
    expect(await routeLeft(aws)).toEqual([]);
  });

  it('is killed while the route is opened, and taken back without a trace', async () => {
    writer.start();
    // The first script of the move opens the listener on the host: that it did is not known any more.
    await played.killedAt(({ headers }) => String(headers['x-amz-target']).endsWith('GetCommandInvocation'), { live: true });
    await host.settled();
    expect([(await routeLeft(aws)).length, host.isListening, host.restarts]).toEqual([2, true, 1]);
    expect(await played.done({ back: true, takeOver: true })).toContain('taken back');
    expect(await routeLeft(aws)).toEqual([]);
    expect([host.isListening, host.settings]).toEqual([false, []]);
  });

  it('is taken back while the new server follows, and the old one is as it was', async () => {
    front.cutAt = ({ headers }) =>
      String(headers['x-amz-target']).endsWith('SendCommand') && existsSync(join(host.folder, 'followed'));
    // The freeze is the first that finds the slot in use.
    const asked = setInterval(() => {
      if (isFollowed()) writeFileSync(join(host.folder, 'followed'), '');
    }, 300);
    const killed = await played.run({ live: true });
    clearInterval(asked);
    expect(killed.end).not.toBe(0);
    front.mend();
    await host.settled();
    expect(source.query('select count(*) from pg_replication_slots')).not.toBe('0');
    expect(await played.done({ back: true, takeOver: true })).toContain('taken back');
    expect([await routeLeft(aws), host.isListening, host.settings]).toEqual([[], false, []]);
    expect(stateOfServer(source)).toBe(before);
    expect(source.query('show wal_level')).toBe('replica');
  });

  it('is moved: nothing that was acknowledged is lost or doubled, and writes are refused for seconds', async () => {
    const refusals = watchRefusals(writer);
    appliedBefore = applied();
    const began = performance.now();
    const stdout = await played.done({ live: true });
    const seconds = (performance.now() - began) / 1000;
    await new Promise((settle) => setTimeout(settle, 1500));
    const longest = refusals.stop();
    await writer.stop();
    expect(stdout).toContain('shop-mvp, its database to RDS: visitors are on the new side');
    expect(stdout).toMatch(/last-verify\/database: \d+ tables with \d+ rows and \d+ sequences are the same/);
    expect(await routeLeft(aws)).toHaveLength(2);
    expect(lostOrDoubled(target, writer.acknowledged)).toEqual([]);
    expect(lostOrDoubled(source, writer.acknowledged).length).toBeGreaterThan(0);
    process.stderr.write(
      `${JSON.stringify({ acknowledged: writer.acknowledged.length, moveSeconds: Math.round(seconds), refusedSeconds: longest })}\n`,
    );
    expect(Math.max(...longest)).toBeLessThan(seconds / 2);
  });

  it('is finished: the route is closed, the marks are gone, and the old files are as they were', async () => {
    expect(await played.done({ finish: true })).toContain('shop-mvp, its database to RDS: finished');
    expect([await routeLeft(aws), host.isListening, host.settings]).toEqual([[], false, []]);
    expect(target.query(`select count(*) from pg_roles where rolname like 'terrace%'`)).toBe('0');
    expect(target.query('select count(*) from pg_subscription')).toBe('0');
  });

  /** Not while PostgreSQL restarts. */
  function isFollowed(): boolean {
    try {
      return source.query(`select count(*) from pg_stat_replication where state = 'streaming'`) !== '0';
    } catch {
      return false;
    }
  }

  it('shows the password of the master nowhere', () => {
    expect(JSON.stringify(front.calls)).not.toContain(PASSWORD);
  });
});

/** Seconds of each time in which no write was acknowledged for longer than a second. */
function watchRefusals({ acknowledged }: Writer): { readonly stop: () => readonly number[] } {
  const gaps: number[] = [];
  let [count, since] = [acknowledged.length, performance.now()];
  const look = (): void => {
    if (acknowledged.length === count) return;
    const gap = (performance.now() - since) / 1000;
    if (gap > 1) gaps.push(Math.round(gap * 10) / 10);
    [count, since] = [acknowledged.length, performance.now()];
  };
  const timer = setInterval(look, 50);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return gaps;
    },
  };
}
