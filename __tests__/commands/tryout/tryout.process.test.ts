/** `npm run tryout`: how it drives terraform, with a stub for terraform, and for real where that is possible. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL } from '../../support/shop';
import { exampleFile, fileOf, runCommand, SMALL } from '../../support/command';
import { describeWithMoto, Moto } from '../../support/terraform';
import { completed, errored, jsonLines, planned, StubTerraform, type Answers } from '../../support/stub-terraform';

describe('npm run tryout, with a stub for terraform', () => {
  let emulator: Server;
  let endpoint: string;
  let stub: StubTerraform;

  const files = { 'shop-test': exampleFile(SMALL), 'shop-local': fileOf(LOCAL) };

  beforeAll(async () => {
    emulator = createServer((_, response) => response.end());
    await new Promise<void>((ready) => emulator.listen(0, '127.0.0.1', ready));
    endpoint = `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`;
  });

  afterAll(() => emulator.close());

  beforeEach(() => (stub = new StubTerraform({})));

  afterEach(() => stub.remove());

  const leftovers = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('terrace-tryout-'));

  async function tryout(args: readonly string[], answers: Answers = {}, env: Readonly<Record<string, string>> = {}) {
    stub.answer(answers);
    const before = leftovers();
    const result = await runCommand(files, ['tryout', ...args], { env: stub.env(env) });
    expect(leftovers().filter((name) => !before.includes(name))).toEqual([]);
    return { ...result, code: result.exitCode };
  }

  const calls = () => stub.calls().map(({ folder, args }) => `${folder} ${args[0] ?? ''}`);

  it('applies in deploy order, plans again, and destroys in reverse order', async () => {
    const up: Answers = {
      'shop-test-network:plan': [{ stdout: jsonLines(planned('aws_vpc.main', 'create')) }, {}],
      'shop-test-network:apply': { stdout: jsonLines(completed('aws_vpc.main', 'create')) },
      'shop-test-network:destroy': { stdout: jsonLines(completed('aws_vpc.main', 'delete')) },
      'shop-test-data:plan': [{ stdout: jsonLines(planned('aws_s3_bucket.a', 'create')) }, {}],
      'shop-test-data:apply': { stdout: jsonLines(completed('aws_s3_bucket.a', 'create')) },
      'shop-test-data:destroy': { stdout: jsonLines(completed('aws_s3_bucket.a', 'delete')) },
    };
    const { code, stdout } = await tryout(['shop-test', '--endpoint', endpoint], up);
    const order = calls().filter((call) => /shop-test-(network|data) /.test(call));
    expect(order).toEqual([
      ...['init', 'plan', 'apply', 'plan'].map((command) => `shop-test-network ${command}`),
      ...['init', 'plan', 'apply', 'plan'].map((command) => `shop-test-data ${command}`),
      'shop-test-data destroy',
      'shop-test-network destroy',
    ]);
    expect(stdout).toMatch(/shop-test-network +\d+ +0 +1 +0 +0 +0 +0/);
    expect({ code, stdout }).toMatchObject({ code: 0 });
  });

  it("keeps the caller's credentials and settings from terraform", async () => {
    await tryout(
      ['shop-local', '--endpoint', endpoint],
      {},
      { AWS_PROFILE: 'production', AWS_ACCESS_KEY_ID: 'REAL', AWS_SESSION_TOKEN: 'REAL' },
    );
    const environments = stub.calls().map(({ env }) => env);
    expect(environments.length).toBeGreaterThan(2);
    for (const env of environments) {
      expect(env).toMatchObject({ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
      expect(env).not.toHaveProperty('AWS_PROFILE');
      expect(env).not.toHaveProperty('AWS_SESSION_TOKEN');
    }
    expect(stub.calls().at(-1)?.env.AWS_ENDPOINT_URL).toBe(endpoint);
  });

  it('reports what failed, drifted and was not destroyed, and ends with 1', async () => {
    const { code, stdout } = await tryout(['shop-local', '--endpoint', endpoint], {
      'shop-local-data:plan': [
        {
          stdout: jsonLines(
            planned('aws_s3_bucket.a', 'create'),
            planned('aws_s3_bucket.b', 'create'),
            planned('aws_s3_bucket.c', 'create'),
          ),
        },
        { stdout: jsonLines(planned('aws_s3_bucket.a', 'update')) },
      ],
      'shop-local-data:apply': {
        code: 1,
        stdout: jsonLines(completed('aws_s3_bucket.a', 'create'), errored('no room', 'aws_s3_bucket.b')),
      },
      'shop-local-data:destroy': { code: 1, stdout: jsonLines(errored('is in use', 'aws_s3_bucket.a')) },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/shop-local-data +\d+ +0 +1 +1 +1 +1 +1/);
    expect(stdout).toContain('not created: aws_s3_bucket.b: no room');
    expect(stdout).toContain('drifted: aws_s3_bucket.a');
    expect(stdout).toContain('not destroyed: aws_s3_bucket.a: is in use');
  });

  it('continues after a stack that cannot be planned, with the reason, and destroys the others', async () => {
    const { code, stdout } = await tryout(['shop-test', '--endpoint', endpoint], {
      'shop-test-network:plan': [{ stdout: jsonLines(planned('aws_vpc.main', 'create')) }, {}],
      'shop-test-network:apply': { stdout: jsonLines(completed('aws_vpc.main', 'create')) },
      'shop-test-network:destroy': { stdout: jsonLines(completed('aws_vpc.main', 'delete')) },
      'shop-test-data:plan': { code: 1, stdout: jsonLines(errored('unknown thing')) },
    });
    expect(code).toBe(1);
    expect(stdout).toContain('shop-test-data: not applied: terraform plan: unknown thing');
    expect(calls().filter((call) => call.endsWith('destroy'))).toEqual(['shop-test-network destroy']);
  });

  it('ends with 3 and one line where there is no terraform, or too old a one', async () => {
    const old = await tryout(['shop-local', '--endpoint', endpoint], {
      '*:version': { stdout: '{"terraform_version": "1.5.7"}' },
    });
    expect(old).toMatchObject({ code: 3, stdout: '' });
    expect(old.stderr).toMatch(/^tryout: unavailable on this machine: terraform 1\.5 is older than 1\.11[^\n]*\n$/);
    const none = await tryout(['shop-local', '--endpoint', endpoint], {}, { PATH: join(stub.home, 'nothing') });
    expect(none).toMatchObject({ code: 3, stderr: 'tryout: unavailable on this machine: there is no terraform on the PATH\n' });
    expect(stub.calls()).toEqual([]);
  });

  it('ends with 3 where the providers are unavailable, before anything is started', async () => {
    const { code, stderr } = await tryout(['shop-local', '--endpoint', endpoint], {
      'providers:init': { code: 1, stderr: 'Error: no registry' },
    });
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: 'tryout: unavailable on this machine: the providers are unavailable: Error: no registry\n',
    });
    expect(calls()).toEqual(['providers init']);
  });

  it('ends with 3 where no emulator answers', async () => {
    const { code, stderr } = await tryout(['shop-local', '--endpoint', 'http://127.0.0.1:9']);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: 'tryout: unavailable on this machine: no emulator answers at http://127.0.0.1:9\n',
    });
  });

  it('refuses AWS itself, and an unknown environment', async () => {
    expect(await tryout(['shop-local', '--endpoint', 'https://s3.eu-west-1.amazonaws.com'])).toMatchObject({ code: 2 });
    const unknown = await tryout(['shop-lokal']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('shop-local');
  });

  describe('and a stub for Python', () => {
    const cwd = process.cwd();
    let checkout: string;

    beforeEach(() => {
      checkout = mkdtempSync(join(tmpdir(), 'terrace-checkout-'));
      process.chdir(checkout);
    });

    afterEach(() => {
      process.chdir(cwd);
      rmSync(checkout, { recursive: true });
    });

    const PIP_FAILS = `#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "no such package" >&2\\nexit 1\\n' > "$3/bin/python"
chmod +x "$3/bin/python"
`;
    const SERVER = `require('http').createServer((q, r) => r.end()).listen(Number(process.argv[5]), process.argv[3]);`;
    const PIP_WORKS = `#!/bin/sh
mkdir -p "$3/bin"
cat > "$3/bin/python" <<'PYTHON'
#!/bin/sh
here=$(dirname "$0")
echo "$@" > "$here/installed"
cat > "$here/moto_server" <<'SERVER'
#!${process.execPath}
${SERVER}
SERVER
chmod +x "$here/moto_server"
PYTHON
chmod +x "$3/bin/python"
`;

    it('installs moto, pinned, into a virtual environment, starts it and leaves no process behind', async () => {
      stub.program('python3', PIP_WORKS);
      const { code, stderr } = await tryout(['shop-local'], {}, { PATH: `${join(stub.home, 'bin')}:/usr/bin:/bin` });
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('installing moto 5.2.5') });
      const url = stub.calls().at(-1)?.env.AWS_ENDPOINT_URL ?? '';
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      await expect(fetch(url)).rejects.toThrow();
      expect(existsSync(join(checkout, '.terrace/tryout/moto-5.2.5/bin/moto_server'))).toBe(true);
      const again = await tryout(['shop-local'], {});
      expect(again.stderr).not.toContain('installing');
    });

    it('ends with 3 where the package is unavailable, and removes the partial installation', async () => {
      stub.program('python3', PIP_FAILS);
      const { code, stderr } = await tryout(['shop-local']);
      expect(code).toBe(3);
      expect(stderr).toContain('moto 5.2.5 cannot be installed: no such package');
      expect(existsSync(join(checkout, '.terrace/tryout/moto-5.2.5'))).toBe(false);
    });
  });
});

/** The version of the AWS provider in TERRACE_PLUGIN_DIR; the registry is not asked by tests. */
function versionAtHand(): string | undefined {
  const { TERRACE_PLUGIN_DIR: plugins } = process.env;
  if (plugins === undefined) return undefined;
  try {
    return readdirSync(join(plugins, 'registry.terraform.io/hashicorp/aws')).at(-1);
  } catch {
    return undefined;
  }
}

const version = versionAtHand();
if (version === undefined) process.stderr.write('skipped, because no AWS provider is in TERRACE_PLUGIN_DIR: a real try-out\n');

(version === undefined ? describe.skip : describeWithMoto)('npm run tryout, for real', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start();
  });
  afterAll(() => moto.stop());

  it('creates shop-local in an emulator, plans no change, and destroys it again', async () => {
    const files = { 'shop-local': fileOf(LOCAL) };
    const args = [
      'tryout',
      'shop-local',
      '--endpoint',
      moto.url,
      '--emulator',
      'moto',
      '--provider-version',
      `aws=${version ?? ''}`,
    ];
    expect(await runCommand(files, args, { env: process.env })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/shop-local-data +20 +0 +20 +0 +0 +0 +0/),
    });
  }, 300_000);
});
