/** The try-out: what it changes in a work copy, and how it drives terraform, with a stub for terraform. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changedAttributes } from '../../../src/commands/tryout/attempt';
import { EMULATORS } from '../../../src/commands/tryout/known-gaps';
import { leaveOut, withoutUnusedProviders } from '../../../src/commands/tryout/leave-out';
import { overrideFor } from '../../../src/commands/tryout/override';
import { prerequisitesOf } from '../../../src/commands/tryout/prerequisites';
import { prune, readSchemas } from '../../../src/commands/tryout/prune';
import { isExplained, renderReport, type TryoutReport } from '../../../src/commands/tryout/report';
import type { RootModule } from '../../../src/terraform/root-module';
import { LOCAL } from '../../support/shop';
import { exampleFile, fileOf, runCommand, SMALL } from '../../support/command';
import { describeWithMoto, Moto } from '../../support/terraform';
import { completed, errored, jsonLines, planned, StubTerraform, type Answers } from '../../support/stub-terraform';

const URL = 'http://127.0.0.1:5055';

const moduleWith = (changes: Partial<RootModule>): RootModule => ({
  terraform: { required_providers: { aws: { source: 'aws', version: '6.25.0' } } },
  provider: { aws: [{ region: 'eu-west-1', allowed_account_ids: ['111111111111'] }] },
  ...changes,
});

describe('the override file', () => {
  it('points every provider at the emulator, one retry, fake credentials, S3 by path', () => {
    const module = moduleWith({ provider: { aws: [{ region: 'eu-west-1' }, { alias: 'edge', region: 'us-east-1' }] } });
    const { provider } = overrideFor(module, URL) as any;
    expect(provider.aws).toHaveLength(2);
    expect(provider.aws[1].alias).toBe('edge');
    for (const settings of provider.aws) {
      expect(settings).toMatchObject({ access_key: 'test', max_retries: 1, s3_use_path_style: true, allowed_account_ids: [] });
      expect(new Set(Object.values(settings.endpoints[0]))).toEqual(new Set([URL]));
      expect(Object.keys(settings.endpoints[0])).toEqual(expect.arrayContaining(['s3', 'rds', 'ecs', 'sts', 'route53']));
    }
  });

  it('takes protection off what has it, so that everything can be destroyed, and touches nothing else', () => {
    const module = moduleWith({
      resource: {
        aws_db_instance: {
          main: { deletion_protection: true, skip_final_snapshot: false, lifecycle: { prevent_destroy: true } },
        },
        aws_vpc: { main: { cidr_block: '10.0.0.0/16' } },
      },
    });
    expect(overrideFor(module, URL).resource).toEqual({
      aws_db_instance: { main: { deletion_protection: false, skip_final_snapshot: true, lifecycle: { prevent_destroy: false } } },
    });
  });

  it('pins another version of a provider only when asked', () => {
    expect(overrideFor(moduleWith({}), URL)).not.toHaveProperty('terraform');
    expect(overrideFor(moduleWith({}), URL, { aws: '5.100.0' }).terraform).toEqual({
      required_providers: { aws: { source: 'aws', version: '5.100.0' } },
    });
  });
});

describe('what an emulator does not support', () => {
  const module = moduleWith({
    resource: {
      aws_odd_group: { cache: { name: 'odd' } },
      aws_cache: {
        main: {
          group: '${aws_odd_group.cache.name}',
          note: 'aws_odd_group.cache.name',
          depends_on: ['aws_odd_group.cache', 'aws_vpc.main'],
        },
      },
      aws_policy: { main: { policy: '{"Resource":"${aws_odd_group.cache.arn}","Other":"${aws_vpc.main.arn}"}' } },
      aws_vpc: { main: {} },
    },
  });
  const table = (type: string) => (type === 'aws_odd_group' ? { reason: 'not there', standIns: { name: null } } : undefined);
  const left = leaveOut(module, table);

  it('is left out and reported', () => {
    expect(left.leftOut).toEqual([{ address: 'aws_odd_group.cache', reason: 'not there' }]);
    expect(left.module.resource).not.toHaveProperty('aws_odd_group');
  });

  it('is replaced by fixed values where others refer to it, and only there', () => {
    expect(left.module.resource?.aws_cache?.main).toEqual({
      group: '${null}',
      note: 'aws_odd_group.cache.name',
      depends_on: ['aws_vpc.main'],
    });
    expect(left.module.resource?.aws_policy?.main?.policy).toMatch(/"\$\{"arn:aws:[^"]+"\}","Other":"\$\{aws_vpc\.main\.arn\}"/);
  });

  it('leaves a module unchanged in which everything is supported', () =>
    expect(leaveOut(module, () => undefined).module).toBe(module));

  it('is left out with its provider, when nothing else uses that', () => {
    const two = moduleWith({
      terraform: { required_providers: { aws: {}, cloudflare: {} } },
      provider: { aws: [{}], cloudflare: [{}] },
      resource: { aws_vpc: { main: {} } },
    });
    expect(Object.keys(withoutUnusedProviders(two).provider ?? {})).toEqual(['aws']);
    expect(withoutUnusedProviders(two).terraform?.required_providers).toEqual({ aws: {} });
  });
});

describe('an older version of a provider', () => {
  const schemas = readSchemas(
    JSON.stringify({
      provider_schemas: {
        aws: {
          resource_schemas: {
            aws_s3: { block: { attributes: { bucket: {} }, block_types: { rule: { block: { attributes: { id: {} } } } } } },
            aws_ecs_service: { block: { attributes: { id: {}, name: {} } } },
          },
        },
      },
    }),
  );

  it('gets only the arguments it knows, at any depth, and each removed one is counted', () => {
    const module = moduleWith({
      resource: {
        aws_s3: {
          a: {
            bucket: 'x',
            region: 'r',
            lifecycle: {},
            rule: [
              { id: '1', blocked: [] },
              { id: '2', blocked: [] },
            ],
          },
        },
      },
    });
    const { module: pruned, dropped } = prune(module, schemas);
    expect(pruned.resource?.aws_s3?.a).toEqual({ bucket: 'x', lifecycle: {}, rule: [{ id: '1' }, { id: '2' }] });
    expect([...dropped]).toEqual([
      ['region', 1],
      ['blocked', 2],
    ]);
  });

  it('gets references to the older name of an attribute', () => {
    const module = moduleWith({
      resource: { aws_ecs_service: { api: { name: 'api' } }, aws_s3: { a: { bucket: '${aws_ecs_service.api.arn}' } } },
    });
    expect(prune(module, schemas).module.resource?.aws_s3?.a?.bucket).toBe('${aws_ecs_service.api.id}');
  });
});

describe('what stacks look up', () => {
  it('is created first: a hosted zone', () => {
    const module = moduleWith({ data: { aws_route53_zone: { main: { name: 'shop.example.' } } } });
    const made = prerequisitesOf([module, module]);
    expect(made?.resource?.aws_route53_zone).toEqual({ 'made-shop-example': { name: 'shop.example', force_destroy: true } });
    expect(made?.provider?.aws).toEqual([{ region: 'eu-west-1' }]);
  });

  it('is not created for a name that only a deployment knows', () =>
    expect(prerequisitesOf([moduleWith({ data: { aws_route53_zone: { main: { name: '${aws_x.y.name}' } } } })])).toBeUndefined());
});

test('drift is reported by argument', () => {
  const change = (before: object, after: object, unknown = {}) => ({ before, after, after_unknown: unknown });
  const plan = { resource_changes: [{ address: 'a.b', change: change({ x: 1, y: 2 }, { x: 1, y: 3, z: null }, { z: true }) }] };
  expect(changedAttributes(JSON.stringify(plan)).get('a.b')).toEqual(['y', 'z']);
  expect(changedAttributes('no plan').size).toBe(0);
});

describe('the report', () => {
  const result = {
    id: 'shop-test-data',
    resources: 4,
    leftOut: [],
    dropped: new Map<string, number>(),
    planned: 4,
    created: ['aws_vpc.main', 'aws_odd.x'],
    faults: [{ address: 'aws_other.y', message: 'not implemented' }],
    drifted: [{ address: 'aws_odd.x', action: 'update', attributes: ['tags'] }],
    stayed: [],
    destroyFaults: [],
  };
  const facts = {
    name: 'emulator',
    version: '1',
    gaps: [
      { type: 'aws_odd', kind: 'drift', attributes: ['tags'], reason: 'loses tags' },
      { type: 'aws_other', kind: 'create', reason: 'has no others' },
    ],
  } as const;
  const report = (changes: Partial<TryoutReport> = {}): TryoutReport => ({
    environment: 'shop-test',
    emulator: 'emulator 1',
    facts,
    substitutions: [],
    results: [result],
    ...changes,
  });

  it('has known gaps with their reason, and counts what was created, failed, not reached and drifted', () => {
    const text = renderReport(report());
    expect(text).toMatch(/shop-test-data +4 +0 +2 +1 +1 +1 +0/);
    expect(text).toContain('[loses tags]');
    expect(text).toContain('[has no others]');
    expect(text).toContain('2 of 4 resources created; 2 known gaps, 0 unexplained');
    expect(isExplained(report())).toBe(true);
  });

  it('never explains drift in another argument, or with another emulator', () => {
    expect(
      isExplained(report({ results: [{ ...result, drifted: [{ ...result.drifted[0]!, attributes: ['tags', 'name'] }] }] })),
    ).toBe(false);
    expect(isExplained(report({ facts: undefined }))).toBe(false);
  });

  it('does not explain a stack that was not applied', () =>
    expect(isExplained(report({ results: [{ ...result, faults: [], drifted: [], notTried: 'terraform plan: no' }] }))).toBe(
      false,
    ));
});

test('every known gap has a type and a reason', () => {
  for (const { gaps } of Object.values(EMULATORS)) {
    expect(gaps.length).toBeGreaterThan(0);
    for (const { type, reason } of gaps) {
      expect(type).toMatch(/^(data\.)?aws_[a-z0-9_]+$/);
      expect(reason.length).toBeGreaterThan(15);
    }
  }
});

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
    expect(unknown.code).toBe(1);
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
