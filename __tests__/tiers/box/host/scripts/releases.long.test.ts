/** Every way in which a release can go, judged by the requests that fail: the shortest are in releases.process.test.ts. */
import { connect } from 'node:net';
import type { HostContainer } from '../../../../../src/tiers/box/host/types';
import { WITH_CONTAINERS } from '../../../../support/host-examples';
import { toolTest } from '../../../../support/host-tools';
import { RELEASE_TOOLS, ReleasedHosts, withService } from '../../../../support/released-hosts';

jest.setTimeout(300_000);

const REASON = '/var/lib/terrace/releases/backend.reason';

const hosts = new ReleasedHosts();
afterAll(() => hosts.stop());

describe('no request fails', () => {
  toolTest('when it is ready after six seconds', RELEASE_TOOLS, async () => {
    await hosts.start();
    await hosts.release('slow-6');
    hosts.expectServing('slow-6');
  });

  toolTest('when the image cannot be pulled, which is tried again', RELEASE_TOOLS, async () => {
    hosts.created();
    const { status, said } = await hosts.release('absent');
    expect({ status, said }).toMatchObject({ status: 75 });
    expect(said).toContain('shop/backend:absent cannot be pulled');
    hosts.expectServing('slow-6');
    expect(hosts.host.takeCalls().filter((call) => call.includes('pull --quiet')).length).toBe(1);
    await hosts.host.run('start');
    expect(hosts.host.takeCalls().filter((call) => call.includes('pull --quiet')).length).toBe(1);
  });

  toolTest('when a secret is rotated, also while an image is refused', RELEASE_TOOLS, async () => {
    hosts.host.aws.secret('jwt', 'second');
    const { answers } = await hosts.release('error');
    expect(answers).toEqual(['slow-6 first', 'slow-6 second']);
    hosts.expectServing('slow-6');
    expect(hosts.host.root.has(REASON)).toBe(true);
  });

  toolTest('when the parameter goes back to the image that serves: the refusal is forgotten', RELEASE_TOOLS, async () => {
    await hosts.release('slow-6');
    expect(hosts.host.root.has(REASON)).toBe(false);
    hosts.host.release('error');
    hosts.created();
    await hosts.host.run('start');
    expect(hosts.created()).toBe(1);
  });

  toolTest('when a variable changes', RELEASE_TOOLS, async () => {
    await hosts.release('four');
    const { port } = hosts.host.description.containers[0] as Extract<HostContainer, { kind: 'service' }>;
    hosts.host.install(withService(hosts.host.description, { plain: { PORT: String(port), GREETING: 'new' } }));
    hosts.created();
    await hosts.host.served();
    expect(hosts.created()).toBe(1);
    hosts.expectServing('four');
  });

  toolTest('that the former container still works on, even if it ends at once when it is told to', RELEASE_TOOLS, async () => {
    await hosts.release('abrupt');
    hosts.host.release('five');
    const { failures } = await hosts.host.served(async () => {
      const open = hosts.host.clients(0.001);
      const run = { over: false };
      const ended = hosts.host.run('start').finally(() => (run.over = true));
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
    hosts.expectServing('five');
  });

  toolTest('when the former container ignores that it is to end', RELEASE_TOOLS, async () => {
    await hosts.release('hang');
    await hosts.release('six');
    hosts.expectServing('six');
  });

  toolTest('whose body arrives after the container that was to get it has ended', RELEASE_TOOLS, async () => {
    const { port } = hosts.host.webAddress;
    const upload = connect(port, '127.0.0.1');
    let answer = '';
    upload.on('data', (chunk) => (answer += chunk.toString()));
    upload.write('POST / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab');
    await hosts.release('seven');
    upload.write('cd');
    await new Promise((resolve) => upload.once('close', resolve));
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('the former container is stopped first', () => {
  toolTest("on the host's network, and comes back when the new one is not healthy", RELEASE_TOOLS, async () => {
    await hosts.start((description) => ({ ...description, dataStores: 'packages' }));
    hosts.host.release('error');
    const { failures, said } = await hosts.host.served();
    expect(said).toContain('was taken back: /health answers with status 500');
    expect(failures.length).toBeGreaterThan(0);
    hosts.expectServing('one');
    hosts.host.release('two');
    await hosts.host.served();
    hosts.expectServing('two');
    expect((await hosts.host.served()).failures).toEqual([]);
  });

  toolTest('when the host has no memory for two, and says so', RELEASE_TOOLS, async () => {
    await hosts.start((description) => withService(description, { memoryMib: 100_000_000 }));
    hosts.host.release('two');
    const { said } = await hosts.host.served();
    expect(said).toContain('the host has no memory for two at once, 100000000 MiB');
    hosts.expectServing('two');
  });

  toolTest('if it is a singleton, and starts again if the release is killed', RELEASE_TOOLS, async () => {
    await hosts.start((description) => withService(description, { singleton: true }));
    hosts.host.release('two');
    const killed = await hosts.host.killed('^start ', 'before');
    expect(killed.status).toBe(null);
    expect(hosts.host.containers()).toContain('shop/backend:one exited backend');
    hosts.host.release('one');
    await hosts.host.run('start');
    hosts.expectServing('one');
  });
});

describe('workers', () => {
  const sender = WITH_CONTAINERS.containers.find(({ key }) => key === 'sender')!;
  const states = () => [...hosts.host.containers('sender')].map((line) => line.replace(/ sender$/, '')).sort();

  toolTest('start beside the former ones, which end when the new ones run', RELEASE_TOOLS, async () => {
    await hosts.start((description) => ({
      ...description,
      containers: [...description.containers, { ...sender, memoryMib: 1, stopTimeoutSeconds: 2 }],
    }));
    expect(states()).toEqual(['shop/sender:one running', 'shop/sender:one running']);
    hosts.host.release('two', 'sender');
    const { said } = await hosts.host.run('start');
    expect({ said, states: states() }).toMatchObject({ states: ['shop/sender:two running', 'shop/sender:two running'] });
    const calls = hosts.host.takeCalls();
    expect(calls.findIndex((call) => call.startsWith('docker start'))).toBeLessThan(
      calls.findIndex((call) => call.startsWith('docker stop')),
    );
  });

  toolTest('are taken back when they end', RELEASE_TOOLS, async () => {
    hosts.host.release('crash', 'sender');
    expect((await hosts.host.run('start')).said).toContain('sender: shop/sender:crash was taken back: it ended');
    expect(states()).toEqual(['shop/sender:two running', 'shop/sender:two running']);
  });
});
