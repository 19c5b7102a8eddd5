/** The command: its arguments, what it prints, and its exit codes. Local states say what is deployed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileOf, runCommand, type Result } from '../../support/command';
import { missingActions } from '../../support/policy-actions';
import type { ReleaseAws } from '../../support/release-aws';
import { API, deployed, PARAMETER, releasable, withCredentials } from '../../support/released';

withCredentials();

const folder = mkdtempSync(join(tmpdir(), 'terrace-release-'));
const output = join(folder, 'cdktf.out');
let aws: ReleaseAws;

beforeAll(() => {
  mkdirSync(output);
  const image = (key: string) => ({
    repository_url: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/test/${key}`,
    repository_arn: `arn:aws:ecr:eu-west-1:123456789012:repository/shop/test/${key}`,
    parameter_name: `/shop/test/images/${key}`,
  });
  state('data', { images: { api: image('api'), web: image('web') } });
  const named = (key: string) => ({ name: `shop-test-${key}` });
  state('compute-fargate', {
    cluster_name: 'shop-test',
    services: { api: named('api'), web: named('web') },
    workers: { mail: named('mail') },
  });
});
beforeEach(async () => {
  aws = await deployed();
  // The command waits five seconds between two looks.
  aws.looks = 1;
});
afterEach(() => aws.stop());
afterAll(() => rmSync(folder, { recursive: true }));

function state(kind: string, values: object): void {
  const outputs = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value: value as unknown }]));
  writeFileSync(join(folder, `terraform.shop-test-${kind}.tfstate`), JSON.stringify({ version: 4, outputs }));
}

/** Without a job: those of a tier have tests of their own. */
const files = { 'shop-test': fileOf(releasable({ jobs: {} })) };

const release = (...args: string[]): Promise<Result> =>
  runCommand(files, ['release', 'shop-test', ...args, '--endpoint', aws.url, '--output', output]);

describe('npm run release', () => {
  it('releases, and says what runs', async () => {
    const { exitCode, stdout, stderr } = await release('api=two', '--yes');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`image   api: ${API}:one\n       -> ${API}:two\n`);
    expect(stdout).toContain('then    api (at least 1 tasks), mail (at least 1 tasks)');
    expect(stdout.endsWith(`shop-test runs api ${API}:two\n`)).toBe(true);
    expect(stderr).toContain('mail: steady');
    expect(aws.parameter(PARAMETER)).toBe(`${API}:two`);
  });

  it('prints one document with --json, and ends with 1 when it is put back', async () => {
    aws.fate = (tag) => (tag === 'bad' ? 'fails' : 'steady');
    const { exitCode, stdout } = await release('api=bad', '--yes', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      environment: 'shop-test',
      tier: 'fargate',
      outcome: 'put-back',
      images: [{ key: 'api', from: `${API}:one`, to: `${API}:bad` }],
      reasons: expect.arrayContaining(['the former images run again']),
    });
    expect(aws.parameter(PARAMETER)).toBe(`${API}:one`);
  });

  it('with --dry-run changes nothing, and says the same', async () => {
    const { exitCode, stdout } = await release('api=two', '--dry-run', '--json');
    expect({ exitCode, ...(JSON.parse(stdout) as object) }).toMatchObject({
      exitCode: 0,
      outcome: 'planned',
      services: ['api'],
      workers: ['mail'],
    });
    expect(aws.calls.filter((name) => /^(Put|Update|Register|Delete)/.test(name))).toEqual([]);
  });

  it('of what runs already says so and ends with 0', async () => {
    const { exitCode, stdout } = await release('api=one');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'shop-test: api: runs already, nothing was done\n' });
  });

  it('asks before it changes something, and refuses to without a terminal', async () => {
    const { exitCode, stderr } = await release('api=two');
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('pass --yes') });
    expect(aws.parameter(PARAMETER)).toBe(`${API}:one`);
  });

  it('goes back, and lists where it was', async () => {
    await release('api=two', '--yes');
    expect(await release('--back', 'api', '--yes')).toMatchObject({ exitCode: 0 });
    expect(aws.parameter(PARAMETER)).toBe(`${API}:one`);
    const { stdout } = await release('--list', 'api');
    expect(stdout).toMatch(
      /^api {2}\(\/shop\/test\/images\/api\)\n {2}\* 2026-\S+ \S+ {2}one {2}user\/ana {2}\(current\)\n.* two .*\(taken back\)\n/,
    );
  });

  it.each([
    [[], /what is to be released/],
    [['api'], /<image>=<tag or digest>/],
    [['api='], /<image>=<tag or digest>/],
    [['api=a b'], /<image>=<tag or digest>/],
    [['api=two', 'api=three'], /api is named twice/],
    [['--back', 'api=two'], /without a tag/],
    [['--back', '--list'], /at most/],
    [['api=two', '--timeout', '0'], /whole seconds/],
  ])('refuses %j as wrong usage', async (args, words) => {
    const { exitCode, stdout, stderr } = await release(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(words);
  });
});

describe('the policy of a role that releases', () => {
  it('allows every call that a release and the way back make, and nothing on other environments', async () => {
    const { exitCode, stdout } = await release('--policy');
    expect(exitCode).toBe(0);
    const policy = JSON.parse(stdout) as { Statement: { Sid: string; Action: string[]; Resource: string[] }[] };
    aws.fate = (tag) => (tag === 'bad' ? 'breaker' : 'steady');
    aws.images.set('shop/test/web:single', ['linux/arm64']);
    aws.calls.length = 0;
    await release('api=bad', '--yes');
    await release('api=two', '--yes');
    await release('--back', 'api', '--yes');
    await release('web=single', '--yes');
    expect(missingActions(policy, aws.calls)).toEqual([]);
    expect(new Set(aws.calls).size).toBeGreaterThan(12);
    const wide = policy.Statement.filter(({ Resource }) => Resource.includes('*')).map(({ Sid }) => Sid);
    expect(wide).toEqual(['Revisions', 'ListTasks']);
  });
});
