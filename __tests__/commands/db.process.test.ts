/** The database from end to end: a description, states, AWS, an agent, psql and a real server. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentInput } from '../../src/config';
import { exampleFile, runCommand } from '../support/command';
import { DatabaseServer, serverBinaries } from '../support/database-server';
import { TEST_CREDENTIALS } from '../support/aws-credentials';
import { example } from '../support/example';
import { StubAgent } from '../support/stub-agent';
import { startStubAws, type StubAws } from '../support/stub-aws';

const binaries = serverBinaries();
const folder = mkdtempSync(join(tmpdir(), 'terrace-db-'));
const output = join(folder, 'cdktf.out');

/** A service of the example that admits shells, and a database with a role that only reads. */
function changes(): Partial<EnvironmentInput> {
  const { database, services } = example();
  return {
    database: { ...database, roles: { app: {}, reports: { privileges: 'read-only' } } } as EnvironmentInput['database'],
    services: { api: { ...services!.api!, exec: true } },
  };
}

function state(stack: string, outputs: Record<string, unknown>): void {
  const values = Object.entries(outputs).map(([name, value]) => [name, { value, type: 'dynamic' }]);
  writeFileSync(join(folder, `terraform.shop-test-${stack}.tfstate`), JSON.stringify({ outputs: Object.fromEntries(values) }));
}

beforeAll(() => {
  Object.assign(process.env, TEST_CREDENTIALS);
  state('data', {
    database: {
      host: 'shop.abc.eu-west-1.rds.amazonaws.com',
      master_secret_arn: 'arn:master',
      role_secret_arns: { app: 'arn:app', reports: 'arn:reports' },
      replica_hosts: {},
    },
  });
  state('compute-fargate', { cluster_name: 'shop-test', services: { api: { name: 'shop-test-api' } }, workers: {} });
});

/** Of the role `app`, which the real server does not know. */
const APP_PASSWORD = 'PASSWORD-OF-APP';

let aws: StubAws;
let agent: StubAgent;

async function start(socket: string): Promise<void> {
  agent = await StubAgent.start({ plugin: { socket } });
  aws = await startStubAws({
    ListTasks: () => ({ taskArns: ['task'] }),
    DescribeTasks: () => ({
      tasks: [{ taskArn: 'arn/shop-test/0123', lastStatus: 'RUNNING', containers: [{ name: 'api', runtimeId: '0123-456' }] }],
    }),
    GetSecretValue: ({ SecretId: id }) => ({
      SecretString: JSON.stringify({ username: 'master', password: id === 'arn:app' ? APP_PASSWORD : 'master' }),
    }),
    StartSession: () => ({ SessionId: 'session-1', StreamUrl: agent.offer.streamUrl, TokenValue: 'token-1' }),
    TerminateSession: () => ({}),
  });
}

afterEach(async () => {
  await aws.stop();
  await agent.stop();
});

/** With a server that has no certificate. */
function db(...args: readonly string[]) {
  const files = { 'shop-test': exampleFile(changes()) };
  const env = { ...process.env, PGSSLMODE: 'disable', PATH: `${binaries}:${process.env.PATH}` };
  return runCommand(files, ['db', 'shop-test', '--endpoint', aws.endpoint, '--output', output, ...args], { env });
}

const called = (call: string) => aws.calls.filter(({ name }) => name === call).map(({ input }) => input);

(binaries === undefined ? describe.skip : describe)('psql through the tunnel', () => {
  let server: DatabaseServer;
  beforeAll(() => {
    server = new DatabaseServer(binaries as string, '');
    server.prepare();
  });
  afterAll(() => server.stop());

  test('logs in as the role that only reads, at the database, through a container', async () => {
    await start(server.socketPath);
    const result = join(folder, 'result');
    const { exitCode, stderr } = await db('--', '-At', '-o', result, '-c', 'select current_user, current_database()');
    expect({ exitCode, result: readFileSync(result, 'utf8') }).toEqual({ exitCode: 0, result: 'master|shop\n' });
    expect(stderr).toBe('as master (reports) on shop\nthrough a container of api\n');
    expect(called('GetSecretValue')).toEqual([{ SecretId: 'arn:reports' }]);
    expect(called('StartSession')).toEqual([
      {
        Target: 'ecs:shop-test_0123_0123-456',
        DocumentName: 'AWS-StartPortForwardingSessionToRemoteHost',
        Parameters: { host: ['shop.abc.eu-west-1.rds.amazonaws.com'], portNumber: ['5432'] },
      },
    ]);
    expect(called('TerminateSession')).toEqual([{ SessionId: 'session-1' }]);
  });

  test('ends with the exit code of psql, and closes the session all the same', async () => {
    await start(server.socketPath);
    const { exitCode } = await db('reports', '--', '-f', '/nonexistent');
    expect(exitCode).toBe(1);
    expect(called('TerminateSession')).toHaveLength(1);
  });

  test('the owner has to be named', async () => {
    await start(server.socketPath);
    await db('master', '--', '-c', '\\q');
    expect(called('GetSecretValue')).toEqual([{ SecretId: 'arn:master' }]);
  });
});

test('the login is in the variables of psql only: neither an argument nor printed', async () => {
  await start('/nonexistent');
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  const record = `[ "$1" = --version ] || { printf '%s\\n' "$@" > ${folder}/arguments; env | grep ^PG > ${folder}/variables; }`;
  writeFileSync(join(programs, 'psql'), `#!/bin/sh\n${record}\n`, { mode: 0o755 });
  const files = { 'shop-test': exampleFile(changes()) };
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}`, PGSERVICE: 'another', PGHOSTADDR: '10.0.0.1' };
  const args = ['db', 'shop-test', 'app', '--endpoint', aws.endpoint, '--output', output, '--', '-l'];
  const { exitCode, stdout, stderr } = await runCommand(files, args, { env });
  expect(exitCode).toBe(0);
  expect(readFileSync(join(folder, 'arguments'), 'utf8')).toBe('-l\n');
  expect(stdout + stderr).not.toContain('PASSWORD-OF-APP');
  const variables = readFileSync(join(folder, 'variables'), 'utf8').trim().split('\n').sort();
  expect(variables).toEqual([
    'PGDATABASE=shop',
    'PGHOST=127.0.0.1',
    'PGPASSWORD=PASSWORD-OF-APP',
    expect.stringMatching(/^PGPORT=\d+$/),
    'PGSSLMODE=require',
    'PGUSER=master',
  ]);
});

describe('what is refused before a session is opened', () => {
  test.each([
    [['unknown'], 1, /no login unknown with a password\n  fix   its logins: app, reports/],
    [['app', '--tunnel'], 2, /--tunnel starts no psql/],
    [['--json'], 2, /--json is for --tunnel/],
    [['--tunnel', '--replica', 'east'], 1, /no replica east\n  fix   it has: none/],
  ])('%j', async (args, exitCode, text) => {
    await start('/nonexistent');
    const ended = await db(...args);
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.stderr).toMatch(text);
    expect(called('StartSession')).toEqual([]);
  });
});

test('the tunnel alone is open until Ctrl-C, which ends the session', async () => {
  await start('/nonexistent');
  const ended = db('--tunnel', '--json');
  while (called('StartSession').length === 0 || agent.response === undefined)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 300));
  process.emit('SIGINT');
  const { exitCode, stdout } = await ended;
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ host: '127.0.0.1', port: expect.any(Number), database: 'shop' });
  expect(called('TerminateSession')).toHaveLength(1);
});
