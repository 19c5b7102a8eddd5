import { AwsClients } from '../../../src/aws/clients';
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { stayingOf } from '../../../src/operations/move/environment-move';
import { databaseBetween } from '../../../src/operations/move/moved-database';
import { TransferBucket } from '../../../src/operations/move/transfer-bucket';
import type { TransferStore } from '../../../src/operations/move/postgres';
import { withTestCredentials } from '../../support/aws-credentials';
import { boxed, boxSection, moved } from '../../support/boxed';
import { example } from '../../support/example';
import { operated } from '../../support/operated';
import { changed } from '../../support/rich';

const HOST = { handovers: { 'compute-box': { instanceId: 'i-0123456789abcdef0' } } };
const of = (input: EnvironmentInput) => operated(parseEnvironment(input), undefined, HOST);
const database = (source: EnvironmentInput, leave: readonly string[] = []) =>
  stayingOf(of(source), of(example()), leave).filter(({ thing }) => thing === 'database/main');

describe('a database that goes to another environment', () => {
  const restore = withTestCredentials();
  afterAll(restore);

  it('is carried from the host of a box', () => expect(database(boxed())).toEqual([]));

  it.each([
    ['on Fargate', example()],
    ['of a box that is on RDS', moved()],
  ])('is carried %s, over a network route, and stays where a person leaves it', (_, source) => {
    expect(database(source)).toEqual([]);
    expect(database(source, ['database/main'])).toMatchObject([{ why: 'it stays with shop-test' }]);
  });

  it('is refused before anything is built where no login of the new side has a secret for its tasks', () => {
    const target = (login: 'password' | 'iam') =>
      of(
        changed((e) => {
          Object.assign(e.database, { iamAuthentication: true, credentials: { kind: 'rds-managed' }, replicas: {} });
          e.database.roles = { app: { privileges: 'owner', login } };
          e.services.api.environment = {};
          e.workers = {};
          e.jobs = {};
        }),
      );
    const staying = (login: 'password' | 'iam') =>
      stayingOf(of(boxed()), target(login), []).filter(({ thing }) => thing === 'database/main');
    expect(staying('password')).toEqual([]);
    expect(staying('iam')).toMatchObject([{ why: expect.stringContaining("login: 'password'"), needsWord: true }]);
  });

  it('is dumped where PostgreSQL may write, and sent from a folder of root', async () => {
    const between = (dataStores: 'containers' | 'packages') => {
      const host = of(boxed({ cache: undefined, services: {}, images: {}, box: boxSection({ dataStores }) }));
      return databaseBetween(host, host, { id: 'move', live: false }, () => ({}) as TransferStore);
    };
    const sender = { sourceFolder: '/data/postgres/terrace-move', folder: '/data/terrace-move' };
    expect((await between('containers')).route).toMatchObject({ sourceFolder: '/var/lib/postgresql/data/terrace-move', sender });
    expect((await between('packages')).route).toMatchObject({ sourceFolder: sender.sourceFolder, sender });
  });

  it('travels to addresses that take any content: none with the checksum of an empty object', async () => {
    const store = new TransferBucket(new AwsClients({ region: 'eu-west-1' }), 'states', 'mvp/move/1/');
    const address = new URL(await store.addressToPut('dump.0000-abc', 12));
    expect(address.pathname).toContain('/mvp/move/1/dump.0000-abc');
    expect(address.searchParams.get('X-Amz-Expires')).toBe('7200');
    expect(address.search).not.toContain('checksum');
  });
});
