/** The command that releases now: what it prints, and the statuses that it ends with. */
import { spawn } from 'node:child_process';
import { toolTest } from '../../../../support/host-tools';
import { ServingHost } from '../../../../support/serving-host';

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

describe('terrace-release', () => {
  toolTest('releases now, prints each step, and ends with 0 when the reference runs', TOOLS, async () => {
    const host = await theHost();
    host.release('two');
    const { status, said } = await host.run('release', ['--wait', 'backend']);
    expect({ status, said }).toMatchObject({ status: 0 });
    expect(said).toMatch(/starting shop\/backend:two\n.*serves now.*\n.*done\n(.*\n)?backend: shop\/backend:two\n$/);
  });

  toolTest('ends with 1 and the reason when it was taken back, and tries again when told to', TOOLS, async () => {
    const host = await theHost();
    host.release('crash');
    await host.run('start');
    host.takeCalls();
    const { status, said } = await host.run('release');
    expect({ status, said }).toMatchObject({ status: 1 });
    expect(host.takeCalls().filter((call) => call.includes(' up --no-start'))).toHaveLength(1);
    expect(said).toMatch(/not released: shop\/backend:crash; it has shop\/backend:two\n.*taken back.*\n.*\n +the table "orders"/);
    host.release('absent');
    expect((await host.run('release', ['backend'])).status).toBe(1);
  });

  toolTest('ends with 2 for an image that does not exist', TOOLS, async () => {
    const host = await theHost();
    const { status, said } = await host.run('release', ['other']);
    expect({ status, said }).toMatchObject({ status: 2 });
    expect(said).toContain('there is no image other');
    expect(said).toContain('  backend\n');
  });

  toolTest('ends with 75 while another run is active, unless it waits for it', TOOLS, async () => {
    const host = await theHost();
    host.release('three');
    const other = spawn('flock', [host.root.path('/run/terrace/start.lock'), 'sleep', '10'], { stdio: 'ignore' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await host.run('release')).toEqual({ status: 75, said: 'another run is active: nothing was done\n' });
    expect((await host.run('release', ['--wait'])).status).toBe(0);
    expect(other.exitCode).toBe(0);
    expect(host.containers()).toEqual(['shop/backend:three running backend']);
  });
});
