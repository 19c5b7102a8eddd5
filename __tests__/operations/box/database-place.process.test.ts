import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { parseEnvironment } from '../../../src/config';
import { Interrupted } from '../../../src/aws/waiting';
import { besideDatabasePlace, remoteDatabasePlace } from '../../../src/operations/box/database-place';
import { databasePlaceOf } from '../../../src/operations/database-places';
import { withTestCredentials } from '../../support/aws-credentials';
import { StubAws } from '../../support/stub-aws';
import { boxed } from '../../support/boxed';
import { operated } from '../../support/operated';
import { StubHost } from '../../support/stub-host';

const OPTIONS = { timeoutSeconds: 60 };

/** As the real one does: the program runs elsewhere, with its standard input and nothing of the environment. */
const IN_THE_CONTAINER = 'exec env -i PATH="$PATH" HOST="$HOST" "$@"';

jest.setTimeout(180_000);

describe('scripts next to the database of a box', () => {
  const restore = withTestCredentials();
  const host = new StubHost(IN_THE_CONTAINER);
  const aws = new StubAws(host.actions);
  let endpoint = '';

  beforeAll(async () => {
    endpoint = await aws.start();
  });
  afterAll(async () => {
    await aws.stop();
    host.remove();
    restore();
  });

  const target = (at = endpoint) =>
    operated(parseEnvironment(boxed()), at, { handovers: { 'compute-box': { instanceId: 'i-0123456789abcdef0' } } });

  it('returns all of an output that Systems Manager would cut off, and nothing of standard error', async () => {
    const place = await databasePlaceOf(target());
    const { exitCode, stdout, stderr } = await place.run('seq 1 30000; echo problem >&2', OPTIONS);
    expect({ exitCode, lines: stdout.split('\n').length, end: stdout.slice(-6), stderr }).toEqual({
      exitCode: 0,
      lines: 30001,
      end: '30000\n',
      stderr: 'problem',
    });
    expect(stdout.length).toBeGreaterThan(24_000);
  });

  it('passes a script of any length and characters as it is, with the database of the description', async () => {
    const text = `it's "$HOME" \\ %s ${randomBytes(30_000).toString('base64')}`;
    const place = await databasePlaceOf(target());
    const { stdout } = await place.run(`printf %s "$PGDATABASE "; cat <<'END'\n${text}\nEND`, OPTIONS);
    expect(stdout).toBe(`shop ${text}\n`);
  });

  it('ends with the exit code of the script, at the command that fails', async () => {
    const place = await databasePlaceOf(target());
    expect(await place.run('echo before; (exit 7); echo after', OPTIONS)).toMatchObject({ exitCode: 7, stdout: 'before\n' });
  });

  it('shows secrets to the script, and to no argument, command or file that stays', async () => {
    const place = await databasePlaceOf(target());
    const secret = `s3cret ' "$(id)\\ ü`;
    const { stdout } = await place.run(
      `printf '%s|' "$TOKEN"; cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' ' | grep -c 's3c[r]et' || true`,
      { ...OPTIONS, secrets: { TOKEN: secret } },
    );
    expect(stdout).toBe(`${secret}|0\n`);
    expect(JSON.stringify(aws.calls)).not.toContain('s3cret');
    await host.settled();
    expect(host.runtime).toBe('');
  });

  it('shows secrets of any length, such as a list of addresses', async () => {
    const place = await databasePlaceOf(target());
    const addresses = Array.from({ length: 10 }, (_, index) => `${index} https://s3/?signature=${'ü'.repeat(700)}`).join('\n');
    const { stdout } = await place.run('printf %s "$PARTS" | sha256sum', { ...OPTIONS, secrets: { PARTS: addresses } });
    expect(stdout.slice(0, 64)).toBe(createHash('sha256').update(addresses).digest('hex'));
  });

  it('runs beside the database, where the programs of the host are, with and without secrets', async () => {
    host.program('terrace-pg', 'echo "in the container, which has no curl" >&2; exit 127');
    const place = await besideDatabasePlace(target(), 'shop');
    expect((await place.run('command -v curl > /dev/null; echo "$PGDATABASE"', OPTIONS)).stdout).toBe('shop\n');
    expect((await place.run('printf %s "$TOKEN"', { ...OPTIONS, secrets: { TOKEN: 'x' } })).stdout).toBe('x');
    host.program('terrace-pg', IN_THE_CONTAINER);
  });

  it('logs in to a server that the host does not know yet', async () => {
    const place = await remoteDatabasePlace(target(), {
      host: 'shop.abc.eu-west-1.rds.amazonaws.com',
      port: 5432,
      database: 'shop',
      user: 'postgres',
      password: 'mas"ter',
      certificates: 'PEM',
    });
    const { stdout } = await place.run(
      'echo "$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/$PGDATABASE $PGSSLMODE"; cat "$PGSSLROOTCERT"',
      OPTIONS,
    );
    expect(stdout).toBe('postgres:mas"ter@shop.abc.eu-west-1.rds.amazonaws.com:5432/shop verify-full\nPEM');
  });

  it('joins a run that an earlier command has started, and does not start it twice', async () => {
    const script = `echo once >> "$HOST/started"; sleep 4; echo end`;
    // The first command loses its connection, as when it is killed.
    const own = new StubAws(host.actions);
    const first = (await databasePlaceOf(target(await own.start()))).run(script, OPTIONS).catch(() => undefined);
    while (host.read('started') === '') await new Promise((resolve) => setTimeout(resolve, 100));
    await own.stop();
    const second = await (await databasePlaceOf(target())).run(script, OPTIONS);
    await first;
    expect(second).toMatchObject({ exitCode: 0, stdout: 'end\n' });
    expect(host.read('started')).toBe('once\n');
  });

  it('stops a run that a person interrupts', async () => {
    const controller = new AbortController();
    const place = await databasePlaceOf(target());
    const run = place.run('echo $$ > "$HOST/pid"; exec sleep 300.5', { ...OPTIONS, signal: controller.signal });
    const refused = expect(run).rejects.toThrow(Interrupted);
    while (host.read('pid') === '') await new Promise((resolve) => setTimeout(resolve, 100));
    controller.abort();
    await refused;
    // One that nobody has waited for yet is still listed, without its command line.
    expect(spawnSync('cat', [`/proc/${host.read('pid').trim()}/cmdline`], { encoding: 'utf8' }).stdout).toBe('');
    await host.settled();
    expect(host.runtime).toBe('');
  });
});
