/** Which dependency lock files the synthesised stacks need, and, where the registry is reachable, creating them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../../cli/command';
import { CommandError, Unavailable } from '../../cli/errors';
import type { Io } from '../../cli/io';
import { readModules } from '../../synthesis/output-folder';
import { lockPath } from '../../synthesis/provider-locks';
import { LOCK_FILE, lockFits, lockName, PLATFORMS, PROVIDER_LOCKS } from '../../terraform/provider-lock-set';
import { requiredProviders, type RequiredProviders } from '../../terraform/root-module';
import { firstError } from '../../terraform/runner/errors';
import { Terraform } from '../../terraform/runner/terraform';
import { whyNoTerraform } from '../../terraform/runner/version';

export interface ProviderLocksOptions {
  readonly update: boolean;
  /** The folder of the synthesised output. */
  readonly output: string;
}

/** @returns 0 when every file exists and matches, 1 when one does not. @throws Unavailable when one cannot be created */
export async function checkProviderLocks({ io }: Pick<CommandContext, 'io'>, options: ProviderLocksOptions): Promise<0 | 1> {
  const sets = setsIn(options.output);
  if (sets.size === 0) throw new CommandError(`${options.output} has no synthesised stack: run \`npm run synth\` first`);
  const outdated = [...sets].filter(([name, providers]) => !isCurrent(name, providers));
  for (const [name] of sets) {
    const isOutdated = outdated.some(([other]) => other === name);
    io.stdout.write(`${fileOf(name)}  ${isOutdated ? 'missing or out of date' : 'current'}\n`);
  }
  if (outdated.length === 0) return 0;
  if (!options.update) return 1;
  const missing = await whyNoTerraform({ env: io.env });
  if (missing !== undefined) throw new Unavailable(missing);
  for (const [name, providers] of outdated) await createLock(name, providers, io);
  return 0;
}

/** Every set of providers in the output, by the name of its lock file. */
function setsIn(output: string): ReadonlyMap<string, RequiredProviders> {
  const sets = [...readModules(output).values()].map((module) => requiredProviders(module));
  return new Map(
    sets.map((providers): [string, RequiredProviders] => [lockName(providers), providers]).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const fileOf = (name: string): string => lockPath(PROVIDER_LOCKS, name);

function isCurrent(name: string, providers: RequiredProviders): boolean {
  return existsSync(fileOf(name)) && lockFits(readFileSync(fileOf(name), 'utf8'), providers);
}

/** @throws Unavailable when Terraform cannot reach its registry */
async function createLock(name: string, providers: RequiredProviders, { env, stderr }: Io): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-lock-'));
  try {
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: providers } }));
    stderr.write(`creating ${fileOf(name)}\n`);
    const platforms = PLATFORMS.map((platform) => `-platform=${platform}`);
    const ran = await new Terraform({ env }).run(folder, 'providers', 'lock', '-no-color', ...platforms);
    if (ran.code !== 0) throw new Unavailable(`${fileOf(name)} cannot be created: ${firstError(ran.stderr)}`);
    mkdirSync(PROVIDER_LOCKS, { recursive: true });
    writeFileSync(fileOf(name), readFileSync(join(folder, LOCK_FILE)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
