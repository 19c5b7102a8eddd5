/** Releases, judged by the requests that fail: real scripts, a real nginx, and containers that are real processes. */
import { connect } from 'node:net';
import type { HostContainer, HostDescription } from '../../../../../src/tiers/box/host/types';
import { WITH_CONTAINERS } from '../../../../support/host-examples';
import { toolTest } from '../../../../support/host-tools';
import { type Served, ServingHost } from '../../../../support/serving-host';

// Each step takes seconds, more on a machine that is busy.
jest.setTimeout(300_000);

const TOOLS = ['bash', 'jq', 'flock', 'curl', 'nginx'];
const REASON = '/var/lib/terrace/releases/backend.reason';

let host: ServingHost;
const hosts: ServingHost[] = [];
afterAll(() => {
  for (const one of hosts) one.stop();
});

async function start(change?: (description: HostDescription) => HostDescription): Promise<void> {
  host = await ServingHost.start(change);
  hosts.push(host);
  host.takeCalls();
}

/** The service of the host, changed. */
function withService(description: HostDescription, change: Partial<HostContainer>): HostDescription {
  return {
    ...description,
    containers: description.containers.map((one) => (one.key === 'backend' ? ({ ...one, ...change } as HostContainer) : one)),
  };
}

/** Releases a tag and expects that no request fails. */
async function release(tag: string): Promise<Served> {
  host.release(tag);
  const ended = await host.served();
  expect({ failures: ended.failures, said: ended.said }).toMatchObject({ failures: [] });
  return ended;
}

const created = () => host.takeCalls().filter((call) => call.includes(' up --no-start')).length;

/** Exactly one container serves, with this image, under its name. */
function expectServing(tag: string): void {
  expect(host.containers()).toEqual([`shop/backend:${tag} running backend`]);
  expect(host.environment).toContain(`IMAGE_BACKEND=shop/backend:${tag}\n`);
}

describe('no request fails', () => {
  toolTest('when the new container is ready at once', TOOLS, async () => {
    await start();
    const { status, answers } = await release('two');
    expect(status).toBe(0);
    expect(answers).toEqual(['one first', 'two first']);
    expectServing('two');
    expect(host.environment).toContain('PORT_BACKEND=');
    // The next one takes the first port again, and nothing happens without a reason.
    await release('three');
    expectServing('three');
    created();
    await host.run('start');
    expect(host.takeCalls().filter((call) => !call.startsWith('docker image inspect '))).toEqual([]);
  });

  toolTest('when it is ready after six seconds', TOOLS, async () => {
    await release('slow-6');
    expectServing('slow-6');
  });

  for (const [tag, reason] of [
    ['crash', 'it ended and was started again'],
    ['error', '/health answers with status 500, not with 200'],
  ] as const) {
    toolTest(`when it is not healthy (${tag}): it is taken back with its reason, and not tried again`, TOOLS, async () => {
      created();
      const { status, said } = await release(tag);
      expect(status).toBe(0);
      expect(said).toContain(`backend: shop/backend:${tag} was taken back: ${reason}`);
      if (tag === 'crash') expect(said).toContain('    the table "orders" does not exist');
      expect(host.root.read(REASON)).toContain(reason);
      expectServing('slow-6');
      expect(created()).toBe(1);
      await host.served();
      expect(created()).toBe(0);
    });
  }

  toolTest('when the image cannot be pulled, which is tried again', TOOLS, async () => {
    const { status, said } = await release('absent');
    expect({ status, said }).toMatchObject({ status: 75 });
    expect(said).toContain('shop/backend:absent cannot be pulled');
    expectServing('slow-6');
    expect(host.takeCalls().filter((call) => call.includes('pull --quiet')).length).toBe(1);
    await host.run('start');
    expect(host.takeCalls().filter((call) => call.includes('pull --quiet')).length).toBe(1);
  });

  toolTest('when a secret is rotated, also while an image is refused', TOOLS, async () => {
    host.aws.secret('jwt', 'second');
    const { answers } = await release('error');
    expect(answers).toEqual(['slow-6 first', 'slow-6 second']);
    expectServing('slow-6');
    expect(host.root.has(REASON)).toBe(true);
  });

  toolTest('when the parameter goes back to the image that serves: the refusal is forgotten', TOOLS, async () => {
    await release('slow-6');
    expect(host.root.has(REASON)).toBe(false);
    host.release('error');
    created();
    await host.run('start');
    expect(created()).toBe(1);
  });

  toolTest('when a variable changes', TOOLS, async () => {
    await release('four');
    const { port } = host.description.containers[0] as Extract<HostContainer, { kind: 'service' }>;
    host.install(withService(host.description, { plain: { PORT: String(port), GREETING: 'new' } }));
    created();
    await host.served();
    expect(created()).toBe(1);
    expectServing('four');
  });

  toolTest('that the former container still works on, even if it ends at once when it is told to', TOOLS, async () => {
    await release('abrupt');
    host.release('five');
    const { failures } = await host.served(async () => {
      const open = host.clients(0.001);
      const run = { over: false };
      const ended = host.run('start').finally(() => (run.over = true));
      // With a body: nginx asks no other container again for what may have been done.
      while (!run.over) {
        open.ask('/wait-1500', 'body');
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      await open.stop();
      expect(open.failures).toEqual([]);
      return ended;
    });
    expect(failures).toEqual([]);
    expectServing('five');
  });

  toolTest('when the former container ignores that it is to end', TOOLS, async () => {
    await release('hang');
    await release('six');
    expectServing('six');
  });

  toolTest('whose body arrives after the container that was to get it has ended', TOOLS, async () => {
    const { port } = host.webAddress;
    const upload = connect(port, '127.0.0.1');
    let answer = '';
    upload.on('data', (chunk) => (answer += chunk.toString()));
    upload.write('POST / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab');
    await release('seven');
    upload.write('cd');
    await new Promise((resolve) => upload.once('close', resolve));
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('the former container is stopped first', () => {
  toolTest("on the host's network, and comes back when the new one is not healthy", TOOLS, async () => {
    await start((description) => ({ ...description, dataStores: 'packages' }));
    host.release('error');
    const { failures, said } = await host.served();
    expect(said).toContain('was taken back: /health answers with status 500');
    expect(failures.length).toBeGreaterThan(0);
    expectServing('one');
    host.release('two');
    await host.served();
    expectServing('two');
    expect((await host.served()).failures).toEqual([]);
  });

  toolTest('when the host has no memory for two, and says so', TOOLS, async () => {
    await start((description) => withService(description, { memoryMib: 100_000_000 }));
    host.release('two');
    const { said } = await host.served();
    expect(said).toContain('the host has no memory for two at once, 100000000 MiB');
    expectServing('two');
  });

  toolTest('if it is a singleton, and starts again if the release is killed', TOOLS, async () => {
    await start((description) => withService(description, { singleton: true }));
    host.release('two');
    const killed = await host.killed('^start ', 'before');
    expect(killed.status).toBe(null);
    expect(host.containers()).toContain('shop/backend:one exited backend');
    host.release('one');
    await host.run('start');
    expectServing('one');
  });
});

describe('workers', () => {
  const sender = WITH_CONTAINERS.containers.find(({ key }) => key === 'sender')!;
  const states = () => [...host.containers('sender')].map((line) => line.replace(/ sender$/, '')).sort();

  toolTest('start beside the former ones, which end when the new ones run', TOOLS, async () => {
    await start((description) => ({
      ...description,
      containers: [...description.containers, { ...sender, memoryMib: 1, stopTimeoutSeconds: 2 }],
    }));
    expect(states()).toEqual(['shop/sender:one running', 'shop/sender:one running']);
    host.release('two', 'sender');
    const { said } = await host.run('start');
    expect({ said, states: states() }).toMatchObject({ states: ['shop/sender:two running', 'shop/sender:two running'] });
    const calls = host.takeCalls();
    expect(calls.findIndex((call) => call.startsWith('docker start'))).toBeLessThan(
      calls.findIndex((call) => call.startsWith('docker stop')),
    );
  });

  toolTest('are taken back when they end', TOOLS, async () => {
    host.release('crash', 'sender');
    expect((await host.run('start')).said).toContain('sender: shop/sender:crash was taken back: it ended');
    expect(states()).toEqual(['shop/sender:two running', 'shop/sender:two running']);
  });
});
