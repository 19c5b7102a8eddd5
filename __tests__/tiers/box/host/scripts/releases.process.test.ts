/** Releases, judged by the requests that fail: real scripts, a real nginx, and containers that are real processes. */
import { toolTest } from '../../../../support/host-tools';
import { RELEASE_TOOLS, ReleasedHosts } from '../../../../support/released-hosts';

// Each step takes seconds, more on a machine that is busy. What else can happen to a release is in releases.long.test.ts.
jest.setTimeout(300_000);

const REASON = '/var/lib/terrace/releases/backend.reason';

const hosts = new ReleasedHosts();
afterAll(() => hosts.stop());

describe('no request fails', () => {
  toolTest('when the new container is ready at once', RELEASE_TOOLS, async () => {
    await hosts.start();
    const { status, answers } = await hosts.release('two');
    expect(status).toBe(0);
    expect(answers).toEqual(['one first', 'two first']);
    hosts.expectServing('two');
    expect(hosts.host.environment).toContain('PORT_BACKEND=');
    // The next one takes the first port again, and nothing happens without a reason.
    await hosts.release('three');
    hosts.expectServing('three');
    hosts.created();
    await hosts.host.run('start');
    expect(hosts.host.takeCalls().filter((call) => !call.startsWith('docker image inspect '))).toEqual([]);
  });

  for (const [tag, reason] of [
    ['crash', 'it ended and was started again'],
    ['error', '/health answers with status 500, not with 200'],
  ] as const) {
    toolTest(
      `when it is not healthy (${tag}): it is taken back with its reason, and not tried again`,
      RELEASE_TOOLS,
      async () => {
        hosts.created();
        const { status, said } = await hosts.release(tag);
        expect(status).toBe(0);
        expect(said).toContain(`backend: shop/backend:${tag} was taken back: ${reason}`);
        if (tag === 'crash') expect(said).toContain('    the table "orders" does not exist');
        expect(hosts.host.root.read(REASON)).toContain(reason);
        hosts.expectServing('three');
        expect(hosts.created()).toBe(1);
        await hosts.host.served();
        expect(hosts.created()).toBe(0);
      },
    );
  }
});
