/** Releases, judged by the requests that fail: real scripts, a real nginx, and containers that are real processes. */
import { connect } from 'node:net';
import type { HostContainer, HostDescription } from '../../../../../src/tiers/box/host/types';
import { WITH_CONTAINERS } from '../../../../support/host-examples';
import { toolTest } from '../../../../support/host-tools';
import { type Clients, type Ended, ServingHost } from '../../../../support/serving-host';

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

interface Served extends Ended {
  readonly clients: Clients;
}

/** A run of the timer, or of another command, under requests. */
async function served(work: () => Promise<Ended> = () => host.run('start')): Promise<Served> {
  const clients = host.clients();
  const ended = await work();
  await clients.stop();
  expect(clients.answered).toBeGreaterThan(20);
  return { ...ended, clients };
}

/** Releases a tag and expects that no request fails. */
async function release(tag: string): Promise<Served> {
  host.release(tag);
  const ended = await served();
  expect({ failures: ended.clients.failures, said: ended.said }).toMatchObject({ failures: [] });
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
    const { status, clients } = await release('two');
    expect(status).toBe(0);
    expect(clients.answers).toEqual(['one first', 'two first']);
    expectServing('two');
    expect(host.environment).toContain('PORT_BACKEND=');
    // The next one takes the first port again, and nothing happens without a reason.
    await release('three');
    expectServing('three');
    created();
    await host.run('start');
    expect(host.takeCalls().filter((call) => !/^docker image inspect /.test(call))).toEqual([]);
  });

  toolTest('when it is ready after six seconds', TOOLS, async () => {
    await release('slow-6');
    expectServing('slow-6');
  });

  for (const [tag, reason] of [
    ['crash', 'it ended and was started again 2 times'],
    ['error', '/health answers with status 500, not with 200'],
  ] as const) {
    toolTest(`when it is not healthy (${tag}): it is taken back with its reason, and not tried again`, TOOLS, async () => {
      const { status, said } = await release(tag);
      expect(status).toBe(0);
      expect(said).toContain(`backend: shop/backend:${tag} was taken back: ${reason}`);
      if (tag === 'crash') expect(said).toContain('    the table "orders" does not exist');
      expect(host.root.read(REASON)).toContain(reason);
      expectServing('slow-6');
      expect(created()).toBe(1);
      await served();
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
    const { clients } = await release('error');
    expect(clients.answers).toEqual(['slow-6 first', 'slow-6 second']);
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
    await served();
    expect(created()).toBe(1);
    expectServing('four');
  });

  toolTest('that the former container still works on, even if it ends at once when it is told to', TOOLS, async () => {
    await release('abrupt');
    host.release('five');
    const { clients } = await served(async () => {
      const open = host.clients(0.001);
      const ended = host.run('start');
      // Until the new container serves, each request is asked of the one that will end.
      for (let asked = 0; asked < 20; asked += 1) {
        open.ask('/wait-1500');
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      await open.stop();
      expect(open.failures).toEqual([]);
      return ended;
    });
    expect(clients.failures).toEqual([]);
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

describe('a release that is killed', () => {
  /** Calls of Docker in the order of a release. */
  const PHASES: readonly (readonly [what: string, call: string, moment: 'before' | 'after', committed?: true])[] = [
    ['before the new container is made', '^compose up --no-start', 'before'],
    ['after it is made', '^compose up --no-start', 'after'],
    ['without its network', '^network disconnect', 'after'],
    ['before it starts', '^start ', 'before'],
    ['while it starts', '^start ', 'after'],
    ['while it gets its name', '^network connect --alias', 'before'],
    ['with its name', '^network connect --alias', 'after'],
    ['before the former one stops', '^stop ', 'before', true],
    ['after the former one has stopped', '^stop ', 'after', true],
    ['before the former one is removed', '^rm ', 'before', true],
    ['after the former one is removed', '^rm ', 'after', true],
  ];

  PHASES.forEach(([what, call, moment, committed], index) => {
    toolTest(`${what}: no request fails, and the next run makes it good`, TOOLS, async () => {
      if (index === 0) await start();
      const tag = `phase-${index}`;
      host.release(tag);
      let runs: readonly Ended[] = [];
      const { clients } = await served(async () => {
        const killed = await host.killed(call, moment);
        runs = [killed, await host.run('start')];
        return killed;
      });
      const said = runs.map((run) => run.said).join('--- killed\n');
      expect({ said, status: runs.map(({ status }) => status) }).toMatchObject({ status: [null, 0] });
      expect({ said, failures: clients.failures }).toMatchObject({ failures: [] });
      expect(said).toContain(committed ? 'finishing a release' : 'taking back a release');
      expectServing(tag);
      expect((await host.run('start')).said).toBe('');
    });
  });

  toolTest('by a restart of the host: the container that served serves, and the release is made again', TOOLS, async () => {
    host.release('after-restart');
    await host.killed('^start ', 'after');
    await host.restart();
    const { said } = await host.run('start');
    expect(said).toContain('taking back a release');
    expectServing('after-restart');
  });
});

describe('the former container is stopped first', () => {
  toolTest("on the host's network, and comes back when the new one is not healthy", TOOLS, async () => {
    await start((description) => ({ ...description, dataStores: 'packages' }));
    host.release('error');
    const { clients, said } = await served();
    expect(said).toContain('was taken back: /health answers with status 500');
    expect(clients.failures.length).toBeGreaterThan(0);
    expectServing('one');
    host.release('two');
    await served();
    expectServing('two');
    expect((await served()).clients.failures).toEqual([]);
  });

  toolTest('when the host has no memory for two, and says so', TOOLS, async () => {
    await start((description) => withService(description, { memoryMib: 100_000_000 }));
    host.release('two');
    const { said } = await served();
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

describe('terrace-release', () => {
  toolTest('releases now, prints each step, and ends with 0 when the reference runs', TOOLS, async () => {
    await start();
    host.release('two');
    const { status, said } = await host.run('release', ['--wait', 'backend']);
    expect({ status, said }).toMatchObject({ status: 0 });
    expect(said).toMatch(/starting shop\/backend:two\n.*serves now.*\n.*done\n(.*\n)?backend: shop\/backend:two\n$/);
  });

  toolTest('ends with 1 and the reason when it was taken back, and tries again when told to', TOOLS, async () => {
    host.release('crash');
    await host.run('start');
    created();
    const { status, said } = await host.run('release');
    expect({ status, said }).toMatchObject({ status: 1 });
    expect(created()).toBe(1);
    expect(said).toMatch(/not released: shop\/backend:crash; it has shop\/backend:two\n.*taken back.*\n.*\n +the table "orders"/);
    host.release('absent');
    expect((await host.run('release', ['backend'])).status).toBe(1);
  });

  toolTest('ends with 2 for an image that does not exist', TOOLS, async () => {
    const { status, said } = await host.run('release', ['other']);
    expect({ status, said }).toMatchObject({ status: 2 });
    expect(said).toContain('there is no image other');
    expect(said).toContain('  backend\n');
  });

  toolTest('ends with 75 while another run is active, unless it waits for it', TOOLS, async () => {
    host.release('slow-2');
    const other = host.run('start');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await host.run('release')).status).toBe(75);
    expect((await host.run('release', ['--wait'])).status).toBe(0);
    expect((await other).status).toBe(0);
    expectServing('slow-2');
  });
});
