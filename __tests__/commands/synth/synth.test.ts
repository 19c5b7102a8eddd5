/** `npm run synth`: what it selects, writes, reports, keeps and removes. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentInput } from '../../../src/config';
import type { EnvironmentFiles } from '../../../src/cli/command';
import { exampleFile, inZone, runCommand, SHARED_ZONE, SMALL } from '../../support/command';

const store = { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } as const;

let output: string;

beforeEach(() => {
  output = join(mkdtempSync(join(tmpdir(), 'terrace-command-')), 'out');
});

afterEach(() => rmSync(join(output, '..'), { recursive: true, force: true }));

/** Few resources: most tests synthesise several of them, more than once. */
const file = (changes: Partial<EnvironmentInput>) => exampleFile({ ...SMALL, domain: SHARED_ZONE, ...changes });

const FILES: EnvironmentFiles = {
  'shop-dev': file({ name: 'shop-dev' }),
  'shop-prod': file({ name: 'shop-prod', backend: { kind: 's3', store } }),
  'shop-eu-prod': file({ name: 'shop-eu-prod' }),
};

const command = (args: readonly string[]) => runCommand(FILES, args);

const synth = (patterns: readonly string[] = [], files = FILES, env = {}, isTTY = false) =>
  runCommand(files, ['synth', ...patterns, '--output', output], { env, isTTY });

const stacks = (): readonly string[] => readdirSync(join(output, 'stacks')).sort();

function read(stack: string): any {
  return JSON.parse(readFileSync(join(output, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
}

/** The stacks of each environment here, sorted. */
const KINDS = ['compute-fargate', 'data', 'domain', 'network', 'observability'];
const PROD = KINDS.map((kind) => `shop-prod-${kind}`);

describe('what is selected', () => {
  test('everything, and the state stores in use', async () => {
    expect((await synth()).exitCode).toBe(0);
    expect(stacks()).toEqual(expect.arrayContaining([...PROD, 'shop-dev-network', 'shop-eu-prod-network', 'bootstrap-shop']));
    expect(stacks()).toHaveLength(3 * KINDS.length + 1);
  });

  test('one by name, with its store', async () => {
    await synth(['shop-prod']);
    expect(stacks()).toEqual(['bootstrap-shop', ...PROD]);
  });

  test('several by glob', async () => {
    await synth(['*-prod*']);
    expect(stacks()).toHaveLength(2 * KINDS.length + 1);
    expect(stacks()).not.toContain('shop-dev-network');
  });

  test('an unknown name is refused with the nearest one, and nothing is written', async () => {
    const { exitCode, stderr } = await synth(['shop-pord']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no environment matches "shop-pord"; did you mean shop-prod');
    expect(existsSync(output)).toBe(false);
  });

  test('a glob without a match is refused with every name', async () => {
    const { exitCode, stderr } = await synth(['bakery-*']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the environments are: shop-dev, shop-prod, shop-eu-prod');
  });

  test('an unknown option is wrong usage', async () => {
    expect(await command(['synth', '--hlc'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--hcl') });
    expect(await command(['sinth'])).toMatchObject({ exitCode: 2 });
  });

  test('--help lists the settings', async () => {
    expect(await command(['synth', '--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('TERRACE_BACKEND=local'),
    });
  });
});

describe('the report', () => {
  test('has tier, region, stacks with resources and paths, and next steps', async () => {
    const { stdout } = await synth(['shop-prod']);
    expect(stdout).toContain('shop-prod  (fargate, eu-west-1)');
    const { resource } = read('shop-prod-network');
    const count = Object.values(resource as Record<string, object>).reduce((sum, each) => sum + Object.keys(each).length, 0);
    expect(stdout).toMatch(
      new RegExp(`shop-prod-network +${count} resources +${join(output, 'stacks/shop-prod-network/cdk.tf.json')}`),
    );
    expect(stdout).toContain('npm run deploy -- bootstrap-shop, then npm run deploy -- shop-prod');
  });

  test('has warnings, with their rule', async () => {
    const { stdout, exitCode } = await synth([], { 'shop-dev': file({ name: 'shop-dev', account: undefined }) });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/warning {2}account: .*\[account-unpinned\]/);
  });

  test('is separate from progress on standard error: a line for each step in a log, one line on a terminal', async () => {
    const log = await synth();
    expect(log.stderr.split('\n').filter((line) => line.startsWith('synthesising '))).toHaveLength(4);
    expect(log.stderr + log.stdout).not.toContain('\u001b');
    const screen = await synth([], FILES, {}, true);
    expect(screen.stderr).not.toContain('\n');
    expect(screen.stderr).toContain('\r\u001b[2Ksynthesising shop-dev (1 of 4)');
  });
});

describe('environments that contradict each other', () => {
  const certified = (name: string) => ({ ...inZone(name), certificateAuthorities: ['amazon.com'] });

  test('are accepted when one of them owns the CAA records of their zone', async () => {
    const files = { 'shop-dev': FILES['shop-dev']!, 'shop-prod': file({ name: 'shop-prod', domain: certified('shop-prod') }) };
    expect(await synth([], files)).toMatchObject({ exitCode: 0 });
  });

  test('are refused when two do, and the second is not written', async () => {
    const files = {
      'shop-dev': file({ domain: certified('shop-dev'), name: 'shop-dev' }),
      'shop-prod': file({ name: 'shop-prod', domain: certified('shop-prod') }),
    };
    const { exitCode, stderr } = await synth([], files);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('only one owner of the CAA records of the route53 zone shop.example: shop-dev has it');
    expect(stderr).toContain('shop-prod: 1 problem\n  1. domain.certificateAuthorities  [zone-owner]');
    expect(stderr).toContain('Not synthesised: shop-prod.');
    expect(stacks()).toEqual(KINDS.map((kind) => `shop-dev-${kind}`));
  });
});

describe('environments that cannot be synthesised', () => {
  const broken: EnvironmentFiles = {
    ...FILES,
    'shop-prod': file({ name: 'shop-prod', region: 'eu-wset-1' as never, account: '12' }),
    'shop-eu-prod': () => Promise.reject(new Error('cannot read the price list')),
  };

  test('are reported with every problem and without a stack trace, and the others are written', async () => {
    const { exitCode, stderr, stdout } = await synth([], broken);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('shop-prod: 2 problems');
    expect(stderr).toContain('"eu-wset-1"');
    expect(stderr).toContain('shop-eu-prod: cannot read the price list');
    expect(stderr).toContain('Not synthesised: shop-prod, shop-eu-prod');
    expect(stderr + stdout).not.toMatch(/^\s+at /m);
    expect(stacks()).toEqual(KINDS.map((kind) => `shop-dev-${kind}`));
  });

  test('keep their earlier output', async () => {
    await synth();
    await synth([], broken);
    expect(stacks()).toHaveLength(3 * KINDS.length + 1);
  });

  test('include one whose name is not that of its entry', async () => {
    const { exitCode, stderr } = await synth([], { 'shop-live': file({ name: 'shop-prod' }) });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('"shop-live", the name of its entry in environments/index.ts');
  });

  test('include one that describes the state store of another differently', async () => {
    const other = { 'shop-test': file({ name: 'shop-test', backend: { kind: 's3', store: { ...store, lock: 'both' } } }) };
    const { exitCode, stderr } = await synth([], { ...FILES, ...other });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('backend.store.lock');
  });
});

describe('earlier output', () => {
  test('stays when only others are selected, also in the manifest', async () => {
    await synth();
    await synth(['shop-dev']);
    expect(stacks()).toHaveLength(3 * KINDS.length + 1);
    const manifest = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as { stacks: object };
    expect(Object.keys(manifest.stacks)).toEqual(stacks());
  });

  test('is removed with its environment, including what Terraform wrote', async () => {
    await synth();
    mkdirSync(join(output, 'stacks/shop-eu-prod-data/.terraform/providers'), { recursive: true });
    const { 'shop-eu-prod': _, ...rest } = FILES;
    const { stdout } = await synth([], rest);
    expect(stacks()).toEqual(['bootstrap-shop', ...KINDS.map((kind) => `shop-dev-${kind}`), ...PROD]);
    expect(stdout).toContain('shop-eu-prod-data is no longer described. What was deployed of it stays in AWS');
    expect(stdout).toContain('  npx cdktf destroy shop-eu-prod-data --ignore-missing-stack-dependencies\n');
  });

  test('is removed when its environment no longer has such a stack, and only then', async () => {
    await synth();
    await synth(['shop-prod'], {
      ...FILES,
      'shop-prod': file({ name: 'shop-prod', domain: undefined, services: {}, backend: { kind: 's3', store } }),
    });
    expect(stacks()).not.toContain('shop-prod-domain');
    expect(stacks()).toEqual(expect.arrayContaining(['shop-prod-data', 'shop-eu-prod-domain', 'shop-dev-domain']));
  });

  test("keeps Terraform's files next to existing stacks, and files that are not Terrace's", async () => {
    await synth();
    mkdirSync(join(output, 'stacks/shop-dev-data/.terraform'));
    mkdirSync(join(output, 'stacks/notes'));
    writeFileSync(join(output, 'stacks/notes/cdk.tf.json'), '{}');
    writeFileSync(join(output, 'stacks/shop-eu-prod-data/terraform.tfstate'), '{}');
    const { 'shop-eu-prod': _, ...rest } = FILES;
    const { stdout } = await synth([], rest);
    expect(stacks()).toEqual(expect.arrayContaining(['notes', 'shop-eu-prod-data']));
    expect(existsSync(join(output, 'stacks/shop-dev-data/.terraform'))).toBe(true);
    expect(readdirSync(join(output, 'stacks/shop-eu-prod-data'))).toEqual(['terraform.tfstate']);
    expect(stdout).toContain('terraform.tfstate');
  });
});

describe('the backend', () => {
  test('is that of the environment, or local files with TERRACE_BACKEND=local', async () => {
    await synth(['shop-prod']);
    expect(read('shop-prod-network').terraform.backend).toMatchObject({ s3: { bucket: 'shop-terraform-state' } });
    const { exitCode, stdout } = await synth(['shop-prod'], FILES, { TERRACE_BACKEND: 'local' });
    expect(exitCode).toBe(0);
    expect(read('shop-prod-network').terraform.backend).toEqual({
      local: { path: expect.stringMatching(/^\.\.\/.*shop-prod-network/) },
    });
    expect(read('shop-prod-data').data.terraform_remote_state.network.backend).toBe('local');
    expect(stdout).toContain('TERRACE_BACKEND=local npm run deploy -- shop-prod');
  });

  test('cannot be anything else', async () => {
    const { exitCode, stderr } = await synth([], FILES, { TERRACE_BACKEND: 's3' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('allowed is "local"');
  });
});

describe('started by the cdktf command line', () => {
  test('it is called as cdktf.json says', () => {
    const { app } = JSON.parse(readFileSync(join(__dirname, '../../../cdktf.json'), 'utf8')) as { app: string };
    expect(app).toBe('node scripts/terrace.mjs synth --for-cdktf');
  });

  const cdktf = (files = FILES, env: Readonly<Record<string, string>> = {}) =>
    runCommand(files, ['synth', '--for-cdktf'], { env: { CDKTF_OUTDIR: output, ...env } });

  test('it writes everything and prints nothing', async () => {
    expect(await cdktf()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(stacks()).toHaveLength(3 * KINDS.length + 1);
  });

  test('it leaves the folders of removed stacks to the command line, which fails without them', async () => {
    await cdktf();
    const { 'shop-eu-prod': _, ...rest } = FILES;
    await cdktf(rest);
    expect(stacks()).toContain('shop-eu-prod-data');
    expect(readFileSync(join(output, 'manifest.json'), 'utf8')).not.toContain('shop-eu-prod-data');
  });

  const invalid = file({ name: 'shop-prod', account: '12' });

  test('it leaves an invalid environment out, and says why: only commands that ask for it fail', async () => {
    await cdktf();
    const { exitCode, stderr, stdout } = await cdktf({ ...FILES, 'shop-prod': invalid });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toMatch(/^shop-prod: 1 problem\n[\s\S]*\nLeft out: shop-prod\./);
    const { stacks: listed } = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as { stacks: object };
    // The earlier output of shop-prod is out of date and must not be deployed.
    expect(Object.keys(listed).filter((id) => id.startsWith('shop-prod-'))).toEqual([]);
    expect(Object.keys(listed)).toEqual(expect.arrayContaining(['shop-dev-network', 'shop-eu-prod-network']));
  });

  test('it fails when nothing is left', async () => {
    const { exitCode, stderr } = await cdktf({ 'shop-prod': invalid });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^shop-prod: 1 problem\n/);
  });

  test('it writes HCL for `cdktf synth --hcl`', async () => {
    expect(await cdktf({ 'shop-dev': FILES['shop-dev']! }, { SYNTH_HCL_OUTPUT: 'true' })).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(output, 'stacks/shop-dev-network')).sort()).toEqual(['cdk.tf', 'metadata.json']);
  });
});

describe('HCL', () => {
  test('replaces JSON, and JSON replaces HCL: Terraform would read both', async () => {
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

describe("the bootstrap stack of a store with GitHub's roles", () => {
  const repository = { owner: 'acme', repository: 'infrastructure', ownerId: '1', repositoryId: '2' };
  const stored = (changes: object = {}): Partial<EnvironmentInput> => ({
    backend: {
      kind: 's3',
      store: { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state', github: repository, ...changes },
    },
  });
  const member = (name: string, changes: Partial<EnvironmentInput> = {}) =>
    file({ name, domain: inZone(name), ...stored(), ...changes });

  test('is not written while one of its environments is refused: its roles would lose rights', async () => {
    const members = { 'shop-dev': member('shop-dev'), 'shop-prod': member('shop-prod') };
    await synth([], members);
    const before = read('bootstrap-shop');
    const broken = member('shop-prod', { protect: 'yes' as never });
    const { exitCode, stderr } = await synth(['shop-dev'], { ...members, 'shop-prod': broken });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/bootstrap-shop: not written, .* that shop-prod needs/);
    expect(read('bootstrap-shop')).toEqual(before);
  });

  test('is written while an environment with another store is refused, or where it creates no roles', async () => {
    const other = member('shop-other', { ...stored({ name: 'other' }), protect: 'yes' as never });
    expect((await synth(['shop-dev'], { 'shop-dev': member('shop-dev'), 'shop-other': other })).stderr).not.toContain(
      'not written',
    );
    const alone = member('shop-dev', stored({ github: undefined }));
    const broken = member('shop-prod', { ...stored({ github: undefined }), protect: 'yes' as never });
    expect((await synth(['shop-dev'], { 'shop-dev': alone, 'shop-prod': broken })).stderr).not.toContain('not written');
  });
});

describe('a shared zone', () => {
  const zone = { zone: 'shop.example', provider: 'route53', servedBy: 'shop-dev' } as const;
  const domain: NonNullable<EnvironmentInput['domain']> = { kind: 'shared', zone, names: ['shop.example'] };
  // With services: the names lead to them.
  const members: EnvironmentFiles = {
    'shop-dev': exampleFile({ name: 'shop-dev', domain }),
    'shop-prod': exampleFile({ name: 'shop-prod', domain }),
  };
  const ZONE = ['zone-shop-example', 'zone-shop-example-names'];
  const dependencies = (): Record<string, readonly string[]> => {
    const { stacks: entries } = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as {
      stacks: Record<string, { readonly dependencies: readonly string[] }>;
    };
    return Object.fromEntries(Object.entries(entries).map(([id, entry]) => [id, entry.dependencies]));
  };

  test('is a group with its deploy commands, written with any of its environments', async () => {
    const { exitCode, stdout } = await synth(['shop-prod'], members);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('zone-shop-example  (the zone shop.example, shared by shop-dev, shop-prod)');
    expect(stdout).toMatch(/npm run deploy -- zone-shop-example-names +\(names lead to shop-dev/);
    expect(stdout).toContain('npm run deploy -- zone-shop-example, then npm run deploy -- shop-prod');
    expect(stacks()).toEqual(expect.arrayContaining(ZONE));
    expect(stacks()).not.toContain('shop-dev-edge');
  });

  test('is deployed before its environments, and its names after the one that serves them', async () => {
    await synth([], members);
    expect(dependencies()['shop-prod-compute-fargate']).toContain('zone-shop-example');
    expect(dependencies()['zone-shop-example-names']).toEqual(['zone-shop-example', 'shop-dev-edge']);
    expect(dependencies()['zone-shop-example']).toEqual([]);
  });

  test('is the same whichever of its environments is selected', async () => {
    await synth(['shop-prod'], members);
    const alone = ZONE.map(read);
    await synth([], members);
    expect(ZONE.map(read)).toEqual(alone);
  });

  test.each([
    ['is refused', file({ name: 'shop-prod', domain, protect: 'yes' as never })],
    ['cannot be read', () => Promise.reject(new Error('a syntax error'))],
  ])('is not written while one of its environments %s: the certificate would lose its names', async (_why, broken) => {
    await synth([], members);
    const before = ZONE.map(read);
    const { exitCode, stderr } = await synth(['shop-dev'], { ...members, 'shop-prod': broken });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/zone-shop-example: not written, .* names of shop-prod/);
    expect(ZONE.map(read)).toEqual(before);
  });

  test('is written while an environment of another zone is refused', async () => {
    const other = file({ name: 'shop-other', domain: { ...inZone('shop-other'), zone: 'other.example' } });
    const { stderr } = await synth(['shop-dev'], { ...members, 'shop-other': other });
    expect(stderr).not.toContain('not written');
  });

  test('is gone once no environment has names in it, after a synthesis of everything', async () => {
    await synth([], members);
    const left = { 'shop-dev': FILES['shop-dev']!, 'shop-prod': FILES['shop-prod']! };
    await synth(['shop-dev'], left);
    expect(stacks()).toEqual(expect.arrayContaining(ZONE));
    await synth([], left);
    expect(stacks().filter((id) => id.startsWith('zone-'))).toEqual([]);
  });
});
