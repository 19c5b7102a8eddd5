import { spawn } from 'node:child_process';
import { WebSocketServer, type WebSocket } from 'ws';
import { openShell } from '../../../src/operations/shell';
import type { ShellRequest } from '../../../src/operations/shell-request';
import { deployed } from '../../support/deployed';
import { localTerminal, type TestTerminal } from '../../support/local-terminal';
import { onTier } from '../../support/rich';
import { startStubAws, type StubAws } from '../../support/stub-aws';
import { startStubCluster, type StubCluster } from '../../support/stub-cluster';

let aws: StubAws;
let cluster: StubCluster;
/** What the API was asked to run. */
let asked: URL;
const sizes: object[] = [];

beforeEach(async () => {
  aws = await startStubAws({});
  const pod = (name: string, creationTimestamp: string, deletionTimestamp?: string) => ({
    metadata: { name, creationTimestamp, deletionTimestamp },
  });
  cluster = await startStubCluster(({ path }) =>
    path === 'pods'
      ? {
          body: {
            items: [
              pod('api-old', '2026-01-01T00:00:00Z'),
              pod('api-new', '2026-01-02T00:00:00Z'),
              pod('api-ends', '2026-01-03T00:00:00Z', '2026-01-03T01:00:00Z'),
            ],
          },
        }
      : undefined,
  );
  sizes.length = 0;
  const sockets = new WebSocketServer({ server: cluster.server, handleProtocols: () => 'v4.channel.k8s.io' });
  sockets.on('connection', (socket, request) => {
    asked = new URL(request.url ?? '', 'http://cluster');
    execute(socket, asked.searchParams.getAll('command'));
  });
});

afterEach(async () => {
  await aws.stop();
  await cluster.stop();
});

/** As the kubelet does it: the first byte says which stream. */
function execute(socket: WebSocket, [program = 'sh', ...args]: readonly string[]): void {
  const child = spawn(program, args);
  const send = (stream: number, data: Buffer | string): void =>
    socket.send(Buffer.concat([Buffer.from([stream]), Buffer.from(data)]));
  child.stdout.on('data', (data: Buffer) => send(1, data));
  child.stderr.on('data', (data: Buffer) => send(2, data));
  socket.on('message', (data: Buffer) => {
    if (data[0] === 0) child.stdin.write(data.subarray(1));
    if (data[0] === 4) sizes.push(JSON.parse(data.subarray(1).toString()));
  });
  child.on('close', (code) => {
    const failure = {
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
    };
    send(3, JSON.stringify(code === 0 ? { status: 'Success' } : failure));
  });
}

function open(terminal: TestTerminal, request: Partial<ShellRequest> = {}) {
  const input = onTier('kubernetes', (environment) => (environment.services.api.exec = true));
  const target = deployed(input, aws.endpoint, {
    'compute-kubernetes': { clusterName: 'shop-test', endpoint: cluster.endpoint, certificateAuthority: '' },
    workloads: { namespace: 'shop-test' },
  });
  return openShell(target, { place: 'api', command: [], terminal, report: () => undefined, ...request });
}

test('a command runs in the newest pod that stays, and ends with its own exit code', async () => {
  const terminal = localTerminal();
  expect(await open(terminal, { command: ['sh', '-c', 'echo "it\'s  here"; exit 7'] })).toBe(7);
  expect(terminal.shown()).toBe("it's  here\n");
  expect(asked.pathname).toBe('/api/v1/namespaces/shop-test/pods/api-new/exec');
  expect(asked.searchParams.get('container')).toBe('api');
  expect(asked.searchParams.get('tty')).toBe('false');
});

test('a shell gets what is typed, and the size of the terminal', async () => {
  const terminal = localTerminal({ columns: 117, rows: 33 });
  const ended = open(terminal, { task: 'api-old' });
  terminal.type('echo $((40 + 2)); exit\n');
  expect(await ended).toBe(0);
  expect(terminal.shown()).toBe('42\n');
  expect(asked.pathname).toContain('/pods/api-old/');
  expect(asked.searchParams.get('tty')).toBe('true');
  expect(sizes).toContainEqual({ width: 117, height: 33 });
});
