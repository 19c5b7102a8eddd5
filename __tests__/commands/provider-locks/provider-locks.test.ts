/** Dependency lock files: one for each set of providers, used only for exactly these ranges of versions. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFits, lockName } from '../../../src/terraform/provider-lock-set';
import { exampleFile, runCommand, SMALL } from '../../support/command';
import { StubTerraform } from '../../support/stub-terraform';

const RANGE = '>= 6.26.0, < 7.0.0';
const lockOf = (constraints: string, source = 'hashicorp/aws'): string => `provider "registry.terraform.io/${source}" {
  version     = "6.30.0"
  constraints = "${constraints}"
  hashes = ["h1:abc"]
}
`;
const AWS = { aws: { source: 'aws', version: RANGE } };
const TWO = { ...AWS, cloudflare: { source: 'cloudflare/cloudflare', version: '>= 5.15.0, < 6.0.0' } };

describe('a lock file', () => {
  it('is named after its providers', () => expect([lockName(AWS), lockName(TWO)]).toEqual(['aws', 'aws+cloudflare']));

  it('fits the providers and ranges that it was created for, in any order', () => {
    expect(lockFits(lockOf(RANGE), AWS)).toBe(true);
    expect(lockFits(lockOf('< 7.0.0, >= 6.26.0'), AWS)).toBe(true);
    expect(lockFits(lockOf(RANGE) + lockOf('>= 5.15.0, < 6.0.0', 'cloudflare/cloudflare'), TWO)).toBe(true);
  });

  it('fits no others', () => {
    expect(lockFits(lockOf('6.25.0'), AWS)).toBe(false);
    expect(lockFits(lockOf('>= 6.0.0, < 7.0.0'), AWS)).toBe(false);
    expect(lockFits(lockOf(RANGE), TWO)).toBe(false);
    expect(lockFits(lockOf(RANGE) + lockOf('>= 5.15.0, < 6.0.0', 'cloudflare/cloudflare'), AWS)).toBe(false);
  });
});

describe('lock files', () => {
  const files = { 'shop-test': exampleFile(SMALL) };
  const cwd = process.cwd();
  let checkout: string;
  let stub: StubTerraform;

  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), 'terrace-locks-'));
    stub = new StubTerraform({});
    process.chdir(checkout);
  });

  afterEach(() => {
    process.chdir(cwd);
    rmSync(checkout, { recursive: true });
    stub.remove();
  });

  const run = (...args: readonly string[]) => runCommand(files, args, { env: stub.env() });

  const copied = (): string => join(checkout, 'cdktf.out/stacks/shop-test-network/.terraform.lock.hcl');
  const commit = (text: string): void => {
    mkdirSync('provider-locks', { recursive: true });
    writeFileSync('provider-locks/aws.lock.hcl', text);
  };
  const pinned = (): string => {
    const module = JSON.parse(readFileSync('cdktf.out/stacks/shop-test-network/cdk.tf.json', 'utf8'));
    return module.terraform.required_providers.aws.version;
  };

  it('are copied next to each stack at synthesis', async () => {
    await run('synth');
    expect(existsSync(copied())).toBe(false);
    commit(lockOf(pinned()));
    await run('synth');
    expect(readFileSync(copied(), 'utf8')).toBe(lockOf(pinned()));
  });

  it('are not copied, with a note, when they are for other versions', async () => {
    commit(lockOf('1.0.0'));
    const { exitCode, stdout } = await run('synth');
    expect(exitCode).toBe(0);
    expect(existsSync(copied())).toBe(false);
    expect(stdout).toContain('is for other versions; update it with `npm run provider-locks -- --update`');
  });

  it('are created for both systems and processors, once for each set', async () => {
    await run('synth');
    expect((await run('provider-locks')).exitCode).toBe(1);
    stub.answer({ '*:providers': { files: { '.terraform.lock.hcl': lockOf(pinned()) } } });
    expect((await run('provider-locks', '--update')).exitCode).toBe(0);
    expect(stub.calls().map(({ args }) => args.slice(0, 2))).toEqual([['providers', 'lock']]);
    expect(stub.calls()[0]?.args).toEqual(
      expect.arrayContaining([
        '-platform=linux_amd64',
        '-platform=linux_arm64',
        '-platform=darwin_amd64',
        '-platform=darwin_arm64',
      ]),
    );
    expect(readFileSync('provider-locks/aws.lock.hcl', 'utf8')).toBe(lockOf(pinned()));
    expect((await run('provider-locks')).exitCode).toBe(0);
  });

  it('are not created where the registry is unreachable, with exit code 3', async () => {
    await run('synth');
    stub.answer({ '*:providers': { code: 1, stderr: 'Error: Could not retrieve providers for locking' } });
    expect(await run('provider-locks', '--update')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /provider-locks: unavailable on this machine: provider-locks\/aws\.lock\.hcl cannot be created: Error: Could not retrieve/,
      ),
    });
    expect(existsSync('provider-locks/aws.lock.hcl')).toBe(false);
  });
});
