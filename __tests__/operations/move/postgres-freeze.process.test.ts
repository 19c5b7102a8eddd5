import { Client } from 'pg';
import { engine, removeFolders, stateOfServer, temporaryFolder, versionsOfPair } from '../../support/database-move';
import { APPLICATION_PASSWORD, RDS_MASTER, RDS_SUPERUSER, rdsMaster } from '../../support/awkward-database';
import { LocalPlace, PASSWORD, PostgresCluster } from '../../support/postgres-cluster';
import type { DatabaseMove } from '../../../src/operations/move/postgres';

const versions = versionsOfPair();
const silent = { report: () => undefined };

const APPLICATION = `
create role app login password '${APPLICATION_PASSWORD}';
create role later nologin;
grant later to app;
create table numbers (n int);
grant all on numbers to app;
`;

afterAll(removeFolders);

describe.each([
  ['by the superuser of a host', 'postgres', 'postgres'],
  ['by a master that is no superuser', RDS_SUPERUSER, RDS_MASTER],
])('a source that is frozen %s', (_, superuser, user) => {
  const real = versions === undefined ? test.skip : test;
  let cluster: PostgresCluster | undefined;
  let move: DatabaseMove;
  let before: string;

  const server = () => cluster!;
  const loggedIn = async () => {
    const client = new Client({
      host: '127.0.0.1',
      port: server().port,
      user: 'app',
      password: APPLICATION_PASSWORD,
      database: 'shop',
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  beforeAll(async () => {
    if (versions === undefined) return;
    cluster = await PostgresCluster.start(versions[0], {}, superuser);
    if (user === RDS_MASTER) {
      cluster.query(rdsMaster(versions[0].major));
      cluster.query(APPLICATION, { user, password: PASSWORD });
    } else cluster.query(APPLICATION);
    // What was there before must come back, also where it is not the default.
    cluster.query('alter database shop set default_transaction_read_only = off; alter database shop connection limit 7');
    const place = new LocalPlace('the source', cluster, { user });
    const folder = temporaryFolder();
    move = {
      id: 'freeze',
      jobs: 1,
      source: place,
      target: place,
      route: {
        kind: 'direct',
        at: 'source',
        folder,
        other: { host: '', port: 1, user: '', database: '', sslMode: '', passwordCommand: '' },
      },
    };
    before = stateOfServer(cluster);
  }, 60_000);
  afterAll(() => cluster?.stop());

  real(
    'keeps what was acknowledged, rolls back what was open, and refuses what comes',
    async () => {
      const open = await loggedIn();
      const acknowledged = await loggedIn();
      await open.query('begin');
      await open.query('insert into numbers values (1)');
      await acknowledged.query('insert into numbers values (2)');
      const seal = await engine.freeze(move, silent);
      await expect(open.query('commit')).rejects.toThrow();
      await expect(acknowledged.query('insert into numbers values (3)')).rejects.toThrow();
      await expect(loggedIn()).rejects.toThrow(/too many connections|not permitted to log in/);
      expect(server().query('select * from numbers', { user, password: PASSWORD })).toBe('2');
      expect(() => server().query('insert into numbers values (4)', { user, password: PASSWORD })).toThrow('read-only');
      expect(await engine.freeze(move, silent)).toEqual(seal);
    },
    60_000,
  );

  real(
    'is thawed to exactly what it was, and thawing twice changes nothing',
    async () => {
      await engine.thaw(move, silent);
      expect(stateOfServer(server())).toBe(before);
      const client = await loggedIn();
      await client.query('insert into numbers values (5)');
      await client.end();
      await engine.thaw(move, silent);
      expect(stateOfServer(server())).toBe(before);
      expect(server().query('select n from numbers order by n')).toBe('2\n5');
    },
    60_000,
  );

  real(
    'is not sealed while a prepared transaction could still be committed',
    async () => {
      server().query(`begin; insert into numbers values (6); prepare transaction 'open'`);
      await expect(engine.freeze(move, silent)).rejects.toThrow('1 prepared transaction(s)');
      server().query(`rollback prepared 'open'`);
      expect(await engine.freeze(move, silent)).toMatchObject({ position: expect.stringContaining('/') });
      await engine.thaw(move, silent);
      expect(stateOfServer(server())).toBe(before);
    },
    60_000,
  );
});
