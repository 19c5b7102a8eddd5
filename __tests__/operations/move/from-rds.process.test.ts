/** The two sides of the way back from RDS, as the command makes them once the description names no RDS any more. */
import { AwsClients } from '../../../src/aws/clients';
import { parseEnvironment } from '../../../src/config';
import { databaseFromManaged, databaseToManaged, namedServer } from '../../../src/operations/move/moved-database';
import { withTestCredentials } from '../../support/aws-credentials';
import { AwsFront } from '../../support/aws-front';
import { boxed, moved } from '../../support/boxed';
import { operated } from '../../support/operated';
import { StubHost } from '../../support/stub-host';
import { isMotoInstalled, Moto } from '../../support/terraform';

jest.setTimeout(60_000);

const isPossible = isMotoInstalled();
if (!isPossible) process.stderr.write('moto_server is not installed: the sides of the way back are not tried\n');

(isPossible ? describe : describe.skip)('the way back from RDS', () => {
  const restore = withTestCredentials();
  const host = new StubHost('exec env -i PATH="$PATH" HOST="$HOST" "$@"');
  let moto: Moto;
  let front: AwsFront;
  let endpoint = '';

  beforeAll(async () => {
    moto = await Moto.start();
    front = new AwsFront(host.actions, moto.url);
    endpoint = await front.start();
    const aws = new AwsClients({ region: 'eu-west-1', endpoint });
    await (
      await aws.rds()
    ).createDBInstance({
      DBInstanceIdentifier: 'shop-test',
      DBInstanceClass: 'db.t4g.micro',
      Engine: 'postgres',
      AllocatedStorage: 20,
      MasterUsername: 'postgres',
      MasterUserPassword: 'irrelevant',
    });
    await (
      await aws.secretsManager()
    ).createSecret({
      Name: 'of-the-master',
      SecretString: JSON.stringify({ username: 'postgres', password: 's3cret' }),
    });
  });
  afterAll(async () => {
    await front.stop();
    moto.stop();
    host.remove();
    restore();
  });

  const target = () =>
    operated(parseEnvironment(boxed()), endpoint, { handovers: { 'compute-box': { instanceId: 'i-0123456789abcdef0' } } });
  const named = { identifier: 'shop-test', database: 'shop', secretName: 'of-the-master' };
  const OPTIONS = { timeoutSeconds: 30 };

  it('remembers the server while the description names it', () => {
    expect(namedServer({ environment: parseEnvironment(moved()) })).toMatchObject({ identifier: 'shop-test', database: 'shop' });
    expect(namedServer({ environment: parseEnvironment(boxed()) })).toBeUndefined();
  });

  it('is refused for a journal that does not name the server', async () => {
    await expect(databaseToManaged(target(), { id: 'move_1', live: false })).rejects.toThrow('has no managed database');
  });

  it('reads RDS from the host, and restores into a database beside the own one, with no password in any command', async () => {
    const { id, source, target: beside, route } = await databaseFromManaged(target(), 'move_1', named, 'shop_back');
    expect(id).toBe('move_1_back');
    expect(route).toMatchObject({
      kind: 'direct',
      at: 'target',
      other: { user: 'postgres', database: 'shop', sslMode: 'require' },
    });
    const remote = await source.run('printf %s "$PGDATABASE $PGUSER $PGPASSWORD $PGSSLMODE"', OPTIONS);
    expect(remote.stdout).toBe('shop postgres s3cret verify-full');
    const own = await beside.run('printf %s "$PGDATABASE ${PGHOST-own} $TERRACE_OTHER_PASSWORD"', OPTIONS);
    expect(own.stdout).toBe('shop_back own s3cret');
    expect(host.lines.join('\n')).not.toContain('s3cret');
  });
});
