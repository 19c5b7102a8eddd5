/** Releases that end in the middle: killed at each call of Docker, or by a restart of the host. */
import { toolTest } from '../../../../support/host-tools';
import { type Ended, ServingHost } from '../../../../support/serving-host';

// Each step takes seconds, more on a machine that is busy.
jest.setTimeout(300_000);

const TOOLS = ['bash', 'jq', 'flock', 'curl', 'nginx'];

let host: ServingHost | undefined;
afterAll(() => host?.stop());

/** The host of all tests of this file. */
async function theHost(): Promise<ServingHost> {
  host ??= await ServingHost.start();
  host.takeCalls();
  return host;
}

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

  /** Each takes half a minute: some of them each time, and all with `TERRACE_PHASES=all`. */
  const first = Math.floor(Math.random() * 3);
  const isChosen = (index: number): boolean => process.env.TERRACE_PHASES === 'all' || index % 3 === first;

  PHASES.forEach(([what, call, moment, committed], index) => {
    if (!isChosen(index)) return;
    toolTest(`${what}: no request fails, and the next run makes it good`, TOOLS, async () => {
      const host = await theHost();
      const tag = `phase-${index}`;
      host.release(tag);
      let runs: readonly Ended[] = [];
      const { failures } = await host.served(async () => {
        const killed = await host.killed(call, moment);
        runs = [killed, await host.run('start')];
        return killed;
      });
      const said = runs.map((run) => run.said).join('--- killed\n');
      expect({ said, status: runs.map(({ status }) => status) }).toMatchObject({ status: [null, 0] });
      expect({ said, failures }).toMatchObject({ failures: [] });
      expect(said).toContain(committed ? 'finishing a release' : 'taking back a release');
      expect(host.containers()).toEqual([`shop/backend:${tag} running backend`]);
      expect(host.environment).toContain(`IMAGE_BACKEND=shop/backend:${tag}\n`);
      expect((await host.run('start')).said).toBe('');
    });
  });

  toolTest('by a restart of the host: the container that served serves, and the release is made again', TOOLS, async () => {
    const host = await theHost();
    host.release('after-restart');
    await host.killed('^start ', 'after');
    host.restart();
    const { said } = await host.run('start');
    expect(said).toContain('taking back a release');
    expect(host.containers()).toEqual(['shop/backend:after-restart running backend']);
  });
});
