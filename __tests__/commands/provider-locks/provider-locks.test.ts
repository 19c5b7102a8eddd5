/** Dependency lock files: one for each set of providers, used only where it fits. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockName, locksExactly } from '../../../src/terraform/provider-lock-set';
import type { EnvironmentFiles } from '../../../src/synthesis/load';
import { runProgram } from '../../../src/cli/program';
import { example } from '../../support/example';
import { StubTerraform } from '../../support/stub-terraform';

const lockOf = (version: string): string => `provider "registry.terraform.io/hashicorp/aws" {
  version     = "${version}"
  constraints = "${version}"
  hashes = ["h1:abc"]
}
`;
const AWS = { aws: { source: 'aws', version: '6.25.0' } };
const TWO = { ...AWS, cloudflare: { source: 'cloudflare/cloudflare', version: '5.14.0' } };

describe('a lock file', () => {
  it('is named by its providers', () => expect([lockName(AWS), lockName(TWO)]).toEqual(['aws', 'aws+cloudflare']));

  it('fits exactly its providers in exactly their versions', () => {
    expect(locksExactly(lockOf('6.25.0'), AWS)).toBe(true);
    expect(locksExactly(lockOf('6.24.0'), AWS)).toBe(false);
    expect(locksExactly(lockOf('6.25.0'), TWO)).toBe(false);
    expect(
      locksExactly(`${lockOf('6.25.0')}provider "registry.terraform.io/cloudflare/cloudflare" {\n  version = "5.14.0"\n}`, TWO),
    ).toBe(true);
  });
});

describe('at work', () => {
  const files: EnvironmentFiles = {
    'shop-test': () =>
      Promise.resolve({
        default: example({ database: undefined, cache: undefined, services: {}, images: {}, domain: undefined }),
      }),
  };
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

  async function run(...args: readonly string[]) {
    let said = '';
    const sink = { write: (text: string) => void (said += text) };
    const code = await runProgram(files, args, { stdout: sink, stderr: sink, env: stub.env() });
    return { code, said };
  }

  const beside = (): string => join(checkout, 'cdktf.out/stacks/shop-test-network/.terraform.lock.hcl');
  const keep = (text: string): void => {
    mkdirSync('provider-locks', { recursive: true });
    writeFileSync('provider-locks/aws.lock.hcl', text);
  };
  const pinned = (): string => {
    const module = JSON.parse(readFileSync('cdktf.out/stacks/shop-test-network/cdk.tf.json', 'utf8'));
    return module.terraform.required_providers.aws.version;
  };

  it('are put beside each stack at synthesis, where there is a fitting one', async () => {
    await run('synth');
    expect(existsSync(beside())).toBe(false);
    keep(lockOf(pinned()));
    await run('synth');
    expect(readFileSync(beside(), 'utf8')).toBe(lockOf(pinned()));
  });

  it('are left where they are, and told, when they are for other versions', async () => {
    keep(lockOf('1.0.0'));
    const { code, said } = await run('synth');
    expect(code).toBe(0);
    expect(existsSync(beside())).toBe(false);
    expect(said).toContain('is for other versions; npm run provider-locks -- --update');
  });

  it('are made for both systems and processors, once for each set', async () => {
    await run('synth');
    expect((await run('provider-locks')).code).toBe(1);
    stub.answer({ '*:providers': { files: { '.terraform.lock.hcl': lockOf(pinned()) } } });
    expect((await run('provider-locks', '--update')).code).toBe(0);
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
    expect((await run('provider-locks')).code).toBe(0);
  });

  it('are not made, and nothing is pretended, where the registry cannot be reached', async () => {
    await run('synth');
    stub.answer({ '*:providers': { code: 1, stderr: 'Error: Could not retrieve providers for locking' } });
    const { code, said } = await run('provider-locks', '--update');
    expect({ code, said }).toMatchObject({
      code: 3,
      said: expect.stringContaining('cannot be made here: Error: Could not retrieve'),
    });
    expect(existsSync('provider-locks/aws.lock.hcl')).toBe(false);
  });
});
