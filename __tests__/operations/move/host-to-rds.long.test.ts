/**
 * `npm run move -- shop-mvp` from end to end, by a dump: PostgreSQL on a host and on RDS are two real servers, the scripts of the host
 * run on this machine, a stub of terraform gives the host its new configuration, and a writer remembers what was acknowledged.
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClients } from '../../../src/aws/clients';
import { type MoveOptions } from '../../../src/commands/move/move';
import { APPLICATION_PASSWORD, RDS_MASTER } from '../../support/awkward-database';
import { AwsFront } from '../../support/aws-front';
import { withTestCredentials } from '../../support/aws-credentials';
import { moved } from '../../support/boxed';
import { fileOf, runCommand } from '../../support/command';
import {
  lostOrDoubled,
  startPair,
  stateOfServer,
  stopPair,
  versionsOfPair,
  Writer,
  type Pair,
} from '../../support/database-move';
import { planJson, resourceChange } from '../../support/plans';
import { clientsOf, PASSWORD } from '../../support/postgres-cluster';
import { StubHost } from '../../support/stub-host';
import { completed, jsonLines, StubTerraform } from '../../support/stub-terraform';
import { isMotoInstalled, Moto } from '../../support/terraform';
import { PlayedMove, writesIn } from '../../support/played-move';
import { IN_STATES, keepStates, MASTER_SECRET, ON_RDS } from '../../support/moved-shop';
import type * as WaitsSoon from '../../support/waits-soon';

jest.mock('../../../src/aws/waiting', () => jest.requireActual<typeof WaitsSoon>('../../support/waits-soon').waitsSoon(0.2));

jest.setTimeout(900_000);

const HOST_STACK = 'shop-mvp-compute-box';

/** What scripts call the folder of the dump and RDS, as they are on this machine: the servers here have no certificates. */
const HERE = `gzip -d | sed -e 's#/var/lib/postgresql/data/terrace-move#@dump@#g' -e 's#/data/postgres/terrace-move#@dump@#g' \\
  -e "s#@dump@#$HOST/data/postgres/terrace-move#g" -e 's#[a-z0-9.-]*\\.rds\\.amazonaws\\.com#127.0.0.1#g' \\
  -e "s#PGSSLMODE=verify-full#PGSSLMODE=disable#g" -e "s#PGSSLMODE='*require'*#PGSSLMODE=disable#g"`;

const isPossible = isMotoInstalled() && versionsOfPair() !== undefined;
if (!isPossible) process.stderr.write('moto_server or PostgreSQL is not installed: the move to RDS from end to end is skipped\n');

(isPossible ? describe : describe.skip)('a database that leaves its host by a dump, from end to end', () => {
  const restore = withTestCredentials();
  const scratch = mkdtempSync(join(tmpdir(), 'terrace-to-rds-'));
  const output = join(scratch, 'cdktf.out');
  const terraform = new StubTerraform({
    '*:show': { stdout: planJson([resourceChange('aws_vpc_security_group_ingress_rule.rule', ['update'])]) },
    '*:apply': { stdout: jsonLines(completed('aws_vpc_security_group_ingress_rule.rule', 'update')) },
  });
  let pair: Pair;
  let host: StubHost;
  let moto: Moto;
  let front: AwsFront;
  let before = '';

  /** Whether all of the host's stack was applied, and not only the rules that let it reach RDS. */
  const isSwitched = (): boolean => {
    const calls = terraform.calls().filter(({ folder }) => folder === HOST_STACK);
    return calls.some(
      ({ args: [command, ...rest] }, at) =>
        command === 'plan' &&
        !rest.some((arg) => arg.startsWith('-target=')) &&
        calls.slice(at).some(({ args: [later] }) => later === 'apply'),
    );
  };
  /** Containers of the host connect where its configuration says, which it looks at from time to time. */
  let switched = false;
  const looking = setInterval(() => (switched ||= isSwitched()), 500).unref();
  const writer = new Writer(() => (switched ? pair.target : pair.source).port);

  const files = {
    'shop-mvp': fileOf(
      moved({
        name: 'shop-mvp',
        cache: undefined,
        backend: IN_STATES as never,
        ...ON_RDS,
      }),
    ),
  };

  beforeAll(async () => {
    pair = await startPair(200);
    Writer.prepare(pair.source);
    const programs = `${clientsOf(pair.source.programs)}:$PATH`;
    const variables = Object.entries(pair.source.environment({})).map(([name, value]) => `${name}='${value}'`);
    host = new StubHost(`exec env -i PATH="${programs}" HOST="$HOST" ${variables.join(' ')} "$@"`);
    host.program('gunzip', HERE);
    // A key for each script takes a host seconds, and tests minutes.
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
    writeFileSync(join(host.folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    host.program('openssl', `[ "$1" = genpkey ] || exec /usr/bin/openssl "$@"\ncp "$HOST/key.pem" "$7"`);
    // What database-init sets on the new server, as its master.
    const psql = `${clientsOf(pair.target.programs)}/psql`;
    const login = `host=127.0.0.1 port=${pair.target.port} user=${RDS_MASTER} dbname=shop password='${PASSWORD}'`;
    host.program('terrace-job', `${psql} "${login}" -qc "alter role app password '${APPLICATION_PASSWORD}'"`);
    moto = await Moto.start();
    front = new AwsFront(host.actions, moto.url);
    await prepare(new AwsClients({ region: 'eu-west-1', endpoint: await front.start() }), pair.target.port);
    const { exitCode, stderr } = await runCommand(files, ['synth', '--output', output]);
    if (exitCode !== 0) throw new Error(stderr);
    before = stateOfServer(pair.source);
  });
  afterAll(async () => {
    clearInterval(looking);
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

  /** A kill: as soon as it is so when a run on the host is looked at, the command reaches nothing any more. */
  const killedOnce = (isSo: () => boolean, options?: Partial<MoveOptions>): Promise<void> =>
    played.killedAt(({ headers }) => String(headers['x-amz-target']).endsWith('GetCommandInvocation') && isSo(), options);

  const dump = (): string => join(host.folder, 'data/postgres/terrace-move');
  const isFrozen = (): boolean => pair.source.query(`select datconnlimit from pg_database where datname = 'shop'`) === '0';
  const isRestored = (): boolean =>
    pair.target.query(`select count(*) from pg_tables where tablename = 'writes'`, { user: RDS_MASTER }) !== '0';

  const writes = () => writesIn(700, writer);

  it('is killed as the interruption begins, and --back opens the old server as it was', async () => {
    writer.start();
    await killedOnce(isFrozen);
    expect(await writes()).toBe(0);
    expect((await played.run({ back: true })).end).toContain('pass --take-over');
    expect(await played.done({ back: true, takeOver: true })).toContain('taken back');
    expect(await writes()).toBeGreaterThan(0);
    expect(stateOfServer(pair.source)).toBe(before);
    expect(isSwitched()).toBe(false);
  });

  it('is killed while the dump is written and while it is restored, and goes on until the new server has everything', async () => {
    await killedOnce(() => existsSync(dump()));
    await killedOnce(isRestored, { takeOver: true });
    expect(await writes()).toBe(0);
    const stdout = await played.done({ takeOver: true });
    expect(stdout).toContain('shop-mvp, its database to RDS: visitors are on the new side');
    expect(stdout).toMatch(/last-verify\/database: \d+ tables with \d+ rows and \d+ sequences are the same/);
    const after = await writes();
    expect(after).toBeGreaterThan(0);
    await writer.stop();
    expect(lostOrDoubled(pair.target, writer.acknowledged)).toEqual([]);
    // What was written after the switch is on the new server only.
    expect(lostOrDoubled(pair.source, writer.acknowledged).length).toBeGreaterThanOrEqual(after);
  });

  it('is finished: the dump and the marks are gone, and the old server still refuses applications', async () => {
    expect(await played.done({ finish: true })).toContain('shop-mvp, its database to RDS: finished');
    expect(existsSync(dump())).toBe(false);
    expect(pair.target.query(`select count(*) from pg_roles where rolname like 'terrace%'`)).toBe('0');
    expect(isFrozen()).toBe(true);
  });

  it('shows the password of the master nowhere', () => {
    expect(front.calls.length).toBeGreaterThan(0);
    expect(JSON.stringify(front.calls)).not.toContain(PASSWORD);
  });
});

/** What is there before: states of a host with its database, and an instance of RDS that the move is to build. */
async function prepare(aws: AwsClients, port: number): Promise<void> {
  const [rds, secrets] = [await aws.rds(), await aws.secretsManager()];
  await keepStates(aws, {
    'mvp/compute-box': { instance_id: 'i-0123456789abcdef0' },
    'mvp/data': { database: { host: 'postgres', role_secret_arns: {}, replica_hosts: {} } },
  });
  await rds.createDBInstance({
    ...{ DBInstanceIdentifier: 'shop-mvp', DBInstanceClass: 'db.t4g.micro', Engine: 'postgres', AllocatedStorage: 20 },
    ...{ MasterUsername: RDS_MASTER, MasterUserPassword: 'not the one in the secret', Port: port },
  });
  await secrets.createSecret({ Name: MASTER_SECRET, SecretString: JSON.stringify({ username: RDS_MASTER, password: PASSWORD }) });
}
