/** The command: what it prints, how it ends, and how it looks again. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { showStatus, type StatusCommandOptions } from '../../../src/commands/status/status';
import { capture, exampleFile, runCommand, SMALL } from '../../support/command';

/** Nothing to ask AWS for but alarms. */
const FILES = { 'shop-test': exampleFile({ ...SMALL, observability: undefined }) };

let home: string;
let server: Server;
/** Of requests, by the service in their signature. */
const asked: string[] = [];
const before = { ...process.env };

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_EC2_METADATA_DISABLED: 'true' });
  home = mkdtempSync(join(tmpdir(), 'terrace-status-command-'));
  mkdirSync(join(home, 'cdktf.out', 'stacks', 'shop-test-network'), { recursive: true });
  writeFileSync(join(home, 'cdktf.out', 'stacks', 'shop-test-network', 'cdk.tf.json'), '{"terraform":{"backend":{"local":{}}}}');
  server = createServer((request, response) => {
    asked.push(/\/([a-z-]+)\/aws4_request/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    request.resume();
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end('{"__type":"AccessDeniedException","message":"not authorized"}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  process.env = before;
  server.closeAllConnections();
  server.close();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => asked.splice(0));

const options = (changes: Partial<StatusCommandOptions> = {}): StatusCommandOptions => ({
  json: false,
  cost: false,
  output: join(home, 'cdktf.out'),
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  ...changes,
});

it('prints what it could read and ends with 1 where something could not be', async () => {
  const { io, printed } = capture();
  expect(await showStatus({ files: FILES, io }, 'shop-test', options())).toBe(1);
  const { stdout } = printed();
  expect(stdout).toMatch(
    /^shop-test {3}fargate in eu-west-1 {3}\d{4}-\d\d-\d\d \d\d:\d\d UTC\n\nstacks\n {2}-- {2}network +not deployed\n/,
  );
  expect(stdout).toMatch(/alarms\n {2}\?\? {2}not read/);
  expect(stdout).toMatch(/\n\?\? \d not read: alarms\n$/);
});

it('prints JSON, with names that stay', async () => {
  const { io, printed } = capture();
  await showStatus({ files: FILES, io }, 'shop-test', options({ json: true }));
  const status = JSON.parse(printed().stdout) as Record<string, unknown>;
  expect(status).toMatchObject({
    environment: 'shop-test',
    tier: 'fargate',
    isFine: false,
    parts: [
      { name: 'stacks', rows: [{ mark: 'note', name: 'network', facts: { deployed: false } }] },
      {},
      {},
      { name: 'alarms' },
      {},
      {},
    ],
  });
});

it('asks for the cost, which is charged, only where it is wanted, and once in a watch', async () => {
  const { io } = capture();
  await showStatus({ files: FILES, io }, 'shop-test', options());
  expect(asked).not.toContain('ce');
  const { io: watched, printed } = capture();
  const watching = showStatus({ files: FILES, io: watched }, 'shop-test', options({ cost: true, watch: 0.01 as never }));
  while ((printed().stdout.match(/UTC/g)?.length ?? 0) < 3) await new Promise((wake) => setTimeout(wake, 20));
  process.emit('SIGINT');
  expect(await watching).toBe(0);
  expect(asked.filter((service) => service === 'ce')).toHaveLength(1);
});

describe('a watch', () => {
  const watch = async (isTTY: boolean) => {
    const { io, printed } = capture();
    const shown = { ...io, stdout: { ...io.stdout, isTTY } };
    const watching = showStatus({ files: FILES, io: shown }, 'shop-test', options({ watch: 0.01 as never }));
    while ((printed().stdout.match(/UTC/g)?.length ?? 0) < 2) await new Promise((wake) => setTimeout(wake, 20));
    process.emit('SIGINT');
    return { exitCode: await watching, stdout: printed().stdout };
  };

  it('draws over the last look on a terminal, and ends with 0', async () => {
    const { exitCode, stdout } = await watch(true);
    expect(exitCode).toBe(0);
    expect(stdout.startsWith('\u001b[2J\u001b[Hshop-test')).toBe(true);
  });

  it('writes one look after another into a log', async () => {
    const { stdout } = await watch(false);
    expect(stdout).not.toContain('\u001b');
    expect(stdout.startsWith('shop-test')).toBe(true);
  });
});

it('refuses an interval that is too short, and an environment that it does not know', async () => {
  expect(await runCommand(FILES, ['status', 'shop-test', '--watch', '1'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('a whole number of seconds from 5') as string,
  });
  expect(await runCommand(FILES, ['status', 'shop-tset'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('did you mean shop-test?') as string,
  });
});
