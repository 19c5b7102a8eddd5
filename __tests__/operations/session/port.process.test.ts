import { createServer, connect, type Server } from 'node:net';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { PortSession } from '../../../src/operations/session/port-session';
import { DatabaseServer, serverBinaries } from '../../support/database-server';
import { StubAgent, type Faults } from '../../support/stub-agent';

const UNRELIABLE: Faults = { lost: 0.02, repeated: 0.05, delayed: 0.1, seed: 3 };
const binaries = serverBinaries();

let agent: StubAgent;
let session: PortSession;
const lines: string[] = [];

async function open(socket: string, faults: Faults = {}, localPort?: number): Promise<void> {
  agent = await StubAgent.start({ plugin: { socket }, faults });
  lines.length = 0;
  const resume = (): Promise<string> => Promise.resolve('token-2');
  session = await PortSession.open(agent.offer, { resume, localPort, report: (line) => void lines.push(line) });
}

afterEach(async () => {
  session.close();
  await agent.stop();
});

(binaries === undefined ? describe.skip : describe)('a tunnel to a real PostgreSQL server', () => {
  let server: DatabaseServer;
  beforeAll(() => {
    server = new DatabaseServer(binaries as string, '');
    server.prepare();
  });
  afterAll(() => server.stop());

  async function logIn(): Promise<Client> {
    const client = new Client({ host: '127.0.0.1', port: session.port, user: 'master', password: 'master', database: 'shop' });
    // The end of the server is an end of the tunnel.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  test('carries 10 MB of results, over a channel that loses and reorders', async () => {
    await open(server.socketPath, UNRELIABLE);
    const client = await logIn();
    const { rows } = await client.query('select repeat(md5(n::text), 320) as text from generate_series(1, 1000) as n');
    expect(rows).toHaveLength(1000);
    const { rows: sums } = await client.query(
      'select md5(string_agg(repeat(md5(n::text), 320), $1 order by n)) as sum from generate_series(1, 1000) as n',
      [''],
    );
    const { createHash } = await import('node:crypto');
    const text = rows.map((row: { text: string }) => row.text).join('');
    expect(text.length).toBe(10_240_000);
    expect(createHash('md5').update(text).digest('hex')).toBe(sums[0].sum);
    await client.end();
  });

  test('carries several connections at once, each with its own', async () => {
    await open(server.socketPath, UNRELIABLE);
    const clients = await Promise.all([logIn(), logIn(), logIn()]);
    const pids = await Promise.all(
      clients.map(async (client, index) => {
        const { rows } = await client.query('select pg_backend_pid() as pid, $1::int as own, pg_sleep(0.2)', [index]);
        expect(rows[0].own).toBe(index);
        return rows[0].pid;
      }),
    );
    expect(new Set(pids).size).toBe(3);
    await clients[0].end();
    const { rows } = await clients[1].query('select 1 as one');
    expect(rows).toEqual([{ one: 1 }]);
    await Promise.all([clients[1].end(), clients[2].end()]);
  });

  test('carries 5 MB to the server', async () => {
    await open(server.socketPath);
    const client = await logIn();
    const text = 'x'.repeat(5_000_000);
    const { rows } = await client.query('select md5($1) as sum, length($1) as length', [text]);
    const { createHash } = await import('node:crypto');
    expect(rows[0]).toEqual({ sum: createHash('md5').update(text).digest('hex'), length: 5_000_000 });
    await client.end();
  });

  test('survives a broken connection to AWS', async () => {
    await open(server.socketPath);
    const client = await logIn();
    const query = client.query('select pg_sleep(0.5), 7 as seven');
    await new Promise((resolve) => setTimeout(resolve, 100));
    agent.breakConnection();
    expect((await query).rows[0].seven).toBe(7);
    await client.end();
  });

  test('tells a client at once when the server ends its connection', async () => {
    await open(server.socketPath);
    const client = await logIn();
    const ended = new Promise((resolve) => client.once('end', resolve));
    const { rows } = await client.query('select pg_backend_pid() as pid');
    server.query({}, `select pg_terminate_backend(${rows[0].pid})`);
    await ended;
  });
});

describe('a port', () => {
  test('whose destination does not answer says so, and ends the connection', async () => {
    await open(join(tmpdir(), 'no-such-socket'));
    const client = connect(session.port, '127.0.0.1');
    client.resume();
    await new Promise((resolve) => client.once('close', resolve));
    expect(lines).toEqual(['the other side cannot connect to its destination: does it run, and is the port open to it?']);
  });

  test('that is taken on this machine is refused with the way out', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    await expect(open('/nonexistent', {}, port)).rejects.toThrow(/EADDRINUSE.*\n  fix   choose another one with --port/);
    taken.close();
  });

  test('is closed when the session ends, with its connections', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'terrace-port-'));
    const echo: Server = createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => echo.listen(join(folder, 'socket'), resolve));
    await open(join(folder, 'socket'));
    const client = connect(session.port, '127.0.0.1');
    client.write('hello');
    const answer = await new Promise<Buffer>((resolve) => client.once('data', resolve));
    expect(answer.toString()).toBe('hello');
    const closed = new Promise((resolve) => client.once('close', resolve));
    agent.closeChannel('idle');
    await closed;
    expect(await session.closed).toBe('idle');
    echo.close();
  });
});
