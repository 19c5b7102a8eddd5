/** The command line: what it selects, writes, says, keeps and removes. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentInput } from '../../../src/config';
import type { EnvironmentFiles } from '../../../src/synthesis/load';
import { runProgram } from '../../../src/cli/program';
import { example } from '../../support/example';

/** All share one zone, so none says who may issue certificates for it. */
const domain: EnvironmentInput['domain'] = {
  zone: 'shop.example',
  provider: 'route53',
  names: ['shop.example'],
  certificateAuthorities: [],
};

const store = { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } as const;

let output: string;

beforeEach(() => {
  output = join(mkdtempSync(join(tmpdir(), 'terrace-command-')), 'out');
});

afterEach(() => rmSync(join(output, '..'), { recursive: true, force: true }));

function file(changes: Partial<EnvironmentInput>): EnvironmentFiles[string] {
  return () => Promise.resolve({ default: example({ domain, ...changes }) });
}

const FILES: EnvironmentFiles = {
  'shop-dev': file({ name: 'shop-dev' }),
  'shop-prod': file({ name: 'shop-prod', backend: { kind: 's3', store } }),
  'shop-prod-eu': file({ name: 'shop-prod-eu' }),
};

interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function command(
  args: readonly string[],
  files = FILES,
  env: Readonly<Record<string, string>> = {},
  isTTY = false,
): Promise<Result> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const io = {
    stdout: { write: (text: string) => stdout.push(text) },
    stderr: { write: (text: string) => stderr.push(text), isTTY },
    env,
  };
  const exitCode = await runProgram(files, args, io);
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
}

const synth = (patterns: readonly string[] = [], files = FILES, env = {}, isTTY = false) =>
  command(['synth', ...patterns, '--output', output], files, env, isTTY);

const stacks = (): readonly string[] => readdirSync(join(output, 'stacks')).sort();

function read(stack: string): any {
  return JSON.parse(readFileSync(join(output, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
}

/** The stacks of each environment here, as they stand in a sorted list. */
const KINDS = ['compute-fargate', 'data', 'domain', 'edge', 'network', 'observability'];
const PROD = KINDS.map((kind) => `shop-prod-${kind}`);

describe('what is selected', () => {
  test('everything, and the state stores in use', async () => {
    expect((await synth()).exitCode).toBe(0);
    expect(stacks()).toEqual(expect.arrayContaining([...PROD, 'shop-dev-network', 'shop-prod-eu-network', 'shop-bootstrap']));
    expect(stacks()).toHaveLength(3 * KINDS.length + 1);
  });

  test('one by name, with its store', async () => {
    await synth(['shop-prod']);
    expect(stacks()).toEqual(['shop-bootstrap', ...PROD]);
  });

  test('several by glob', async () => {
    await synth(['*-prod*']);
    expect(stacks()).toHaveLength(2 * KINDS.length + 1);
    expect(stacks()).not.toContain('shop-dev-network');
  });

  test('an unknown name is refused with the nearest one, and nothing is written', async () => {
    const { exitCode, stderr } = await synth(['shop-pord']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no environment is called "shop-pord"; did you mean shop-prod');
    expect(existsSync(output)).toBe(false);
  });

  test('a glob that matches nothing is refused with the names there are', async () => {
    const { exitCode, stderr } = await synth(['bakery-*']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('there are: shop-dev, shop-prod, shop-prod-eu');
  });

  test('an unknown option is wrong usage', async () => {
    expect(await command(['synth', '--hlc'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--hcl') });
    expect(await command(['sinth'])).toMatchObject({ exitCode: 2 });
  });

  test('help is no error and names the settings', async () => {
    expect(await command(['synth', '--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('TERRACE_BACKEND=local'),
    });
  });
});

describe('what is said', () => {
  test('tier, region, stacks with their resources and paths, and how to go on', async () => {
    const { stdout } = await synth(['shop-prod']);
    expect(stdout).toContain('shop-prod  (fargate, eu-west-1)');
    const { resource } = read('shop-prod-network');
    const count = Object.values(resource as Record<string, object>).reduce((sum, each) => sum + Object.keys(each).length, 0);
    expect(stdout).toMatch(
      new RegExp(`shop-prod-network +${count} resources +${join(output, 'stacks/shop-prod-network/cdk.tf.json')}`),
    );
    expect(stdout).toContain("npx cdktf deploy shop-bootstrap, then npx cdktf deploy 'shop-prod-*'");
  });

  test('warnings, with the rule that has them', async () => {
    const { stdout, exitCode } = await synth([], { 'shop-dev': file({ name: 'shop-dev', account: undefined }) });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/warning {2}account: .*\[account-unpinned\]/);
  });

  test('progress on standard error: a line each in a log, one line that rewrites itself before a person', async () => {
    const log = await synth();
    expect(log.stderr.split('\n').filter((line) => line.startsWith('synthesising '))).toHaveLength(4);
    expect(log.stderr + log.stdout).not.toContain('\u001b');
    const screen = await synth([], FILES, {}, true);
    expect(screen.stderr).not.toContain('\n');
    expect(screen.stderr).toContain('\r\u001b[2Ksynthesising shop-dev (1 of 4)');
  });
});

describe('environments that cannot stand side by side', () => {
  const certified: EnvironmentInput['domain'] = { ...domain, certificateAuthorities: ['amazon.com'] };

  test('one of them may say who issues certificates for their zone', async () => {
    const files = { 'shop-dev': FILES['shop-dev']!, 'shop-prod': file({ name: 'shop-prod', domain: certified }) };
    expect(await synth([], files)).toMatchObject({ exitCode: 0 });
  });

  test('two that both say so are refused, with what only one can own', async () => {
    const files = {
      'shop-dev': file({ domain: certified, name: 'shop-dev' }),
      'shop-prod': file({ name: 'shop-prod', domain: certified }),
    };
    const { exitCode, stderr } = await synth([], files);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('only one owner of the CAA records of the route53 zone shop.example: shop-dev has it');
    expect(stderr).not.toContain('Not synthesised');
  });
});

describe('environments that cannot be synthesised', () => {
  const broken: EnvironmentFiles = {
    ...FILES,
    'shop-prod': file({ name: 'shop-prod', region: 'eu-wset-1' as never, account: '12' }),
    'shop-prod-eu': () => Promise.reject(new Error('cannot read the price list')),
  };

  test('every problem of every one is told without a stack trace, and the others are written', async () => {
    const { exitCode, stderr, stdout } = await synth([], broken);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('shop-prod: 2 problems');
    expect(stderr).toContain('"eu-wset-1"');
    expect(stderr).toContain('shop-prod-eu: cannot read the price list');
    expect(stderr).toContain('Not synthesised: shop-prod, shop-prod-eu');
    expect(stderr + stdout).not.toMatch(/^\s+at /m);
    expect(stacks()).toEqual(KINDS.map((kind) => `shop-dev-${kind}`));
  });

  test('their earlier output stays', async () => {
    await synth();
    await synth([], broken);
    expect(stacks()).toHaveLength(3 * KINDS.length + 1);
  });

  test('a file under a name that is not its own is refused', async () => {
    const { exitCode, stderr } = await synth([], { 'shop-live': file({ name: 'shop-prod' }) });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('"shop-live", under which environments/index.ts lists the file');
  });

  test('two environments that describe one store differently are refused', async () => {
    const other = { 'shop-test': file({ name: 'shop-test', backend: { kind: 's3', store: { ...store, lock: 's3' } } }) };
    const { exitCode, stderr } = await synth([], { ...FILES, ...other });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('backend.store.lock');
  });
});

describe('what is there from before', () => {
  test('stays when only others are asked for, also in the manifest', async () => {
    await synth();
    await synth(['shop-dev']);
    expect(stacks()).toHaveLength(3 * KINDS.length + 1);
    const manifest = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as { stacks: object };
    expect(Object.keys(manifest.stacks)).toEqual(stacks());
  });

  test('goes when its environment is gone, with what Terraform left in it', async () => {
    await synth();
    mkdirSync(join(output, 'stacks/shop-prod-eu-data/.terraform/providers'), { recursive: true });
    const { 'shop-prod-eu': _, ...rest } = FILES;
    const { stdout } = await synth([], rest);
    expect(stacks()).toEqual(['shop-bootstrap', ...KINDS.map((kind) => `shop-dev-${kind}`), ...PROD]);
    expect(stdout).toContain('removed shop-prod-eu-data');
  });

  test('goes when its environment no longer has such a stack, and only then', async () => {
    await synth();
    await synth(['shop-prod'], {
      ...FILES,
      'shop-prod': file({ name: 'shop-prod', domain: undefined, services: {}, backend: { kind: 's3', store } }),
    });
    expect(stacks()).not.toContain('shop-prod-domain');
    expect(stacks()).toEqual(expect.arrayContaining(['shop-prod-data', 'shop-prod-eu-domain', 'shop-dev-domain']));
  });

  test("what Terraform keeps beside a stack that is still there stays, and so does what is not Terrace's", async () => {
    await synth();
    mkdirSync(join(output, 'stacks/shop-dev-data/.terraform'));
    mkdirSync(join(output, 'stacks/notes'));
    writeFileSync(join(output, 'stacks/notes/cdk.tf.json'), '{}');
    writeFileSync(join(output, 'stacks/shop-prod-eu-data/terraform.tfstate'), '{}');
    const { 'shop-prod-eu': _, ...rest } = FILES;
    const { stdout } = await synth([], rest);
    expect(stacks()).toEqual(expect.arrayContaining(['notes', 'shop-prod-eu-data']));
    expect(existsSync(join(output, 'stacks/shop-dev-data/.terraform'))).toBe(true);
    expect(readdirSync(join(output, 'stacks/shop-prod-eu-data'))).toEqual(['terraform.tfstate']);
    expect(stdout).toContain('terraform.tfstate');
  });
});

describe('the backend', () => {
  test('is the environment’s own, or a file with TERRACE_BACKEND=local', async () => {
    await synth(['shop-prod']);
    expect(read('shop-prod-network').terraform.backend).toMatchObject({ s3: { bucket: 'shop-terraform-state' } });
    const { exitCode, stdout } = await synth(['shop-prod'], FILES, { TERRACE_BACKEND: 'local' });
    expect(exitCode).toBe(0);
    expect(read('shop-prod-network').terraform.backend).toEqual({
      local: { path: expect.stringMatching(/^\.\.\/.*shop-prod-network/) },
    });
    expect(read('shop-prod-data').data.terraform_remote_state.network.backend).toBe('local');
    expect(stdout).toContain("TERRACE_BACKEND=local npx cdktf deploy 'shop-prod-*'");
  });

  test('cannot be anything else', async () => {
    const { exitCode, stderr } = await synth([], FILES, { TERRACE_BACKEND: 's3' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('allowed is "local"');
  });
});

describe('as the cdktf command line starts it', () => {
  const cdktf = (files = FILES, env: Readonly<Record<string, string>> = {}) =>
    command([], files, { CDKTF_OUTDIR: output, ...env });

  test('it writes everything and says nothing', async () => {
    expect(await cdktf()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(stacks()).toHaveLength(3 * KINDS.length + 1);
  });

  test('it leaves folders of stacks that are gone to the command line, which fails without them', async () => {
    await cdktf();
    const { 'shop-prod-eu': _, ...rest } = FILES;
    await cdktf(rest);
    expect(stacks()).toContain('shop-prod-eu-data');
    expect(readFileSync(join(output, 'manifest.json'), 'utf8')).not.toContain('shop-prod-eu-data');
  });

  test('it fails with the problems when an environment is wrong', async () => {
    const { exitCode, stderr, stdout } = await cdktf({ ...FILES, 'shop-prod': file({ name: 'shop-prod', account: '12' }) });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^shop-prod: 1 problem\n/);
  });

  test('it writes HCL when asked by the command line', async () => {
    expect(await cdktf({ 'shop-dev': FILES['shop-dev']! }, { SYNTH_HCL_OUTPUT: 'true' })).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(output, 'stacks/shop-dev-network')).sort()).toEqual(['cdk.tf', 'metadata.json']);
  });
});

describe('HCL', () => {
  test('takes the place of JSON, and JSON of HCL: Terraform would read both', async () => {
    const only = { 'shop-dev': FILES['shop-dev']! };
    await synth([], only);
    expect(await synth(['--hcl'], only)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('shop-dev-network/cdk.tf\n'),
    });
    expect(readdirSync(join(output, 'stacks/shop-dev-network')).sort()).toEqual(['cdk.tf', 'metadata.json']);
    await synth([], only);
    expect(readdirSync(join(output, 'stacks/shop-dev-network'))).toEqual(['cdk.tf.json']);
  });
});
