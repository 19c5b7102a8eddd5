/** Where the tunnel to a database begins and ends on each tier, and as whom. */
import { defaultRole, loginOf, openDatabaseTunnel } from '../../src/operations/database-tunnel';
import type { EnvironmentInput } from '../../src/config';
import { boxed, moved } from '../support/boxed';
import { deployed, type Published } from '../support/deployed';
import { example } from '../support/example';
import { changed, rich } from '../support/rich';
import { StubAgent } from '../support/stub-agent';
import { startStubAws, type Answers, type StubAws } from '../support/stub-aws';

let aws: StubAws;
let agent: StubAgent;
beforeEach(async () => {
  agent = await StubAgent.start({ plugin: { socket: '/nonexistent' } });
});
afterEach(async () => {
  await aws.stop();
  await agent.stop();
});

const DATA: Published = {
  data: {
    database: {
      host: 'primary.rds',
      masterSecretArn: 'arn:master',
      roleSecretArns: { app: 'arn:app' },
      replicaHosts: { east: 'replica.rds' },
    },
  },
};

async function started(input: EnvironmentInput, published: Published, answers: Answers = {}, replica?: string) {
  aws = await startStubAws({
    StartSession: () => ({ SessionId: 'session-1', StreamUrl: agent.offer.streamUrl, TokenValue: 'token-1' }),
    TerminateSession: () => ({}),
    ...answers,
  });
  const target = deployed(input, aws.endpoint, { ...DATA, ...published });
  const tunnel = await openDatabaseTunnel(target, { replica, report: () => undefined });
  await tunnel.close();
  return aws.calls.find(({ name }) => name === 'StartSession')?.input;
}

const BOX: Published = { 'compute-box': { instanceId: 'i-1' } };
const toRemote = (host: string) => ({
  DocumentName: 'AWS-StartPortForwardingSessionToRemoteHost',
  Parameters: { host: [host], portNumber: ['5432'] },
});

test('of a database on the host, it ends at the port of the host', async () => {
  expect(await started(boxed(), BOX)).toEqual({
    Target: 'i-1',
    DocumentName: 'AWS-StartPortForwardingSession',
    Parameters: { portNumber: ['5432'] },
  });
});

test('of a managed database next to a box, it ends at the database, through the host', async () => {
  expect(await started(moved(), BOX)).toEqual({ Target: 'i-1', ...toRemote('primary.rds') });
});

test('a replica is reached in place of the primary', async () => {
  expect(await started(moved(), BOX, {}, 'east')).toEqual({ Target: 'i-1', ...toRemote('replica.rds') });
});

test('on Fargate without a container that admits shells, it is refused with the way out', async () => {
  await expect(started(rich(), {})).rejects.toThrow(
    /nothing of shop-test that uses the database admits shells.*\n  fix   set exec: true/,
  );
  expect(aws.calls).toEqual([]);
});

test('a container that admits shells but does not use the database is no way: its network is closed to it', async () => {
  const input = example({
    services: { api: { ...example().services!.api!, environment: {}, exec: true } },
  });
  await expect(started(input, {})).rejects.toThrow(/nothing of shop-test that uses the database admits shells/);
});

test('an environment without a database is refused', async () => {
  const { api } = example().services!;
  const input = example({ database: undefined, services: { api: { ...api!, environment: {} } } });
  await expect(started(input, {})).rejects.toThrow('shop-test has no database');
});

describe('who logs in', () => {
  const target = async (input: EnvironmentInput, secret: object = { username: 'app', password: 'x' }) => {
    aws = await startStubAws({ GetSecretValue: () => ({ SecretString: JSON.stringify(secret) }) });
    return deployed(input, aws.endpoint, DATA);
  };

  test('by default the role that only reads', async () => expect(defaultRole(await target(rich()))).toBe('reports'));

  test('without one a role has to be named', async () => {
    const input = changed((environment) => {
      environment.database.roles = { app: {} };
    });
    const one = await target(input);
    expect(() => defaultRole(one)).toThrow(/no role that only reads.*\n  fix   its roles: app \(owner\)/);
  });

  test('a role with its secret, and the owner only by name', async () => {
    const one = await target(rich());
    expect(await loginOf(one, 'app')).toEqual({ username: 'app', password: 'x' });
    await loginOf(one, 'master');
    expect(aws.calls.map(({ input }) => input.SecretId)).toEqual(['arn:app', 'arn:master']);
  });

  test('the superuser of a database on the host has no password', async () => {
    aws = await startStubAws({});
    const one = deployed(boxed(), aws.endpoint, { data: { database: { host: 'x', roleSecretArns: {}, replicaHosts: {} } } });
    await expect(loginOf(one, 'master')).rejects.toThrow(/npm run shell -- shop-test host -- sudo terrace-pg psql shop/);
  });

  test('a secret without a value yet is explained', async () => {
    const one = await target(rich(), {});
    await expect(loginOf(one, 'app')).rejects.toThrow(/holds no login yet\n  fix   run the job database-init/);
  });
});
