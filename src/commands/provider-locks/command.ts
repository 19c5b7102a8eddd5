/** `npm run provider-locks`: which lock files there are to be, and, where the registry can be reached, making them. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../commands';
import { runCommand } from '../../terraform/runner/run-command';
import { firstError } from '../../terraform/runner/errors';
import { whyNoTerraform } from '../../terraform/runner/version';
import type { Io } from '../../cli/io';
import { requiredProviders } from '../../synthesis/provider-locks';
import {
  LOCK_FILE,
  lockName,
  locksExactly,
  PLATFORMS,
  PROVIDER_LOCKS,
  type RequiredProviders,
} from '../../terraform/provider-lock-set';

interface Options {
  readonly update: boolean;
  readonly output: string;
}

/** Adds the command to the program. */
export function addProviderLocks(program: Command, { io, finish }: CommandContext): void {
  program
    .command('provider-locks')
    .usage('-- [options]')
    .description(
      'Says which dependency lock files of Terraform are there; --update makes them, for Linux and macOS, amd64 and arm64.',
    )
    .option('--update', 'make the missing and stale ones anew; needs terraform and its registry', false)
    .option('--output <folder>', 'the synthesised output', 'cdktf.out')
    .addHelpText(
      'after',
      '\nExit code: 0 all are there, 1 one is missing or stale, 3 they cannot be made on this machine. More: docs/ci.md',
    )
    .action(async (options: Options) => finish(await providerLocks(options, io)));
}

/** Every set of providers in the output, by the name of its lock file. */
function setsOf(output: string): ReadonlyMap<string, RequiredProviders> {
  const stacks = join(output, 'stacks');
  const modules = existsSync(stacks) ? readdirSync(stacks).map((id) => join(stacks, id, 'cdk.tf.json')) : [];
  const sets = modules.filter((file) => existsSync(file)).map(requiredProviders);
  return new Map(
    sets.map((providers): [string, RequiredProviders] => [lockName(providers), providers]).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function providerLocks({ update, output }: Options, io: Io): Promise<number> {
  const sets = setsOf(output);
  if (sets.size === 0) {
    io.stderr.write(`nothing is synthesised in ${output}: run \`npm run synth\` first\n`);
    return 1;
  }
  const stale = [...sets].filter(([name, providers]) => !isFresh(name, providers));
  for (const [name] of sets)
    io.stdout.write(`${fileOf(name)}  ${stale.some(([other]) => other === name) ? 'missing or stale' : 'is right'}\n`);
  if (stale.length === 0 || !update) return stale.length === 0 ? 0 : 1;
  const missing = await whyNoTerraform({ env: io.env });
  if (missing !== undefined) {
    io.stderr.write(`provider-locks: cannot be made here: ${missing}\n`);
    return 3;
  }
  for (const [name, providers] of stale) {
    const problem = await makeLock(name, providers, io);
    if (problem === undefined) continue;
    io.stderr.write(`provider-locks: ${fileOf(name)} cannot be made here: ${problem}\n`);
    return 3;
  }
  return 0;
}

const fileOf = (name: string): string => join(PROVIDER_LOCKS, `${name}.lock.hcl`);

function isFresh(name: string, providers: RequiredProviders): boolean {
  return existsSync(fileOf(name)) && locksExactly(readFileSync(fileOf(name), 'utf8'), providers);
}

/** Undefined when it is made, otherwise why not. */
async function makeLock(name: string, providers: RequiredProviders, { env, stderr }: Io): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-lock-'));
  try {
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: providers } }));
    stderr.write(`making ${fileOf(name)}\n`);
    const args = ['providers', 'lock', '-no-color', ...PLATFORMS.map((platform) => `-platform=${platform}`)];
    const ran = await runCommand('terraform', args, { cwd: folder, env: { ...env, CHECKPOINT_DISABLE: '1' } });
    if (ran.code !== 0) return firstError(ran.stderr);
    mkdirSync(PROVIDER_LOCKS, { recursive: true });
    writeFileSync(fileOf(name), readFileSync(join(folder, LOCK_FILE)));
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
