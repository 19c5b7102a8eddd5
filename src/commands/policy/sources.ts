/** The modules to judge: synthesised now, or as they lie in a folder. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Modules, RootModule } from '../../terraform/root-module';
import { CommandError } from '../../cli/command-error';
import type { Io } from '../../cli/io';
import { loadEnvironments, type EnvironmentFiles } from '../../synthesis/load';
import { run } from '../../synthesis/run';

/** One environment's stacks, or a state store's. */
export interface Group {
  readonly name: string;
  /** Whether it holds what must not be lost; a state store always does. */
  readonly isProtected: boolean;
  readonly modules: Modules;
}

/** Synthesises into a folder that nobody keeps. Emulated environments are left out: they are thrown away with their emulator. */
export async function synthesiseGroups(
  files: EnvironmentFiles,
  selected: readonly string[],
  progress: Io['stderr'],
): Promise<readonly Group[]> {
  const outdir = mkdtempSync(join(tmpdir(), 'terrace-policy-'));
  try {
    const groups = new Map<string, Modules>();
    const inspect = (name: string, modules: Modules): void => void groups.set(name, modules);
    const { failed, environments } = await run({ files, selected, outdir, format: 'json', progress, removeGone: false, inspect });
    if (failed.length > 0) throw new CommandError(failed.map(({ report }) => report).join('\n\n'));
    const unprotected = new Set(environments.filter(({ protect }) => !protect).map(({ identity }) => identity.environment));
    return [...groups].map(([name, modules]) => ({ name, modules, isProtected: !unprotected.has(name) }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/**
 * Reads what was synthesised earlier, as CI does with its artifact.
 * @throws CommandError when an environment has no stacks there
 */
export async function readGroups(
  files: EnvironmentFiles,
  selected: readonly string[],
  folder: string,
): Promise<readonly Group[]> {
  const { environments, refused } = await loadEnvironments(files, selected);
  if (refused.length > 0) throw new CommandError(refused.map(({ report }) => report).join('\n\n'));
  const stacks = join(folder, 'stacks');
  const ids = existsSync(stacks) ? readdirSync(stacks).sort() : [];
  const stores = environments.flatMap(({ backend }) => (backend.kind === 's3' ? [`${backend.store.name}-bootstrap`] : []));
  const wanted = [
    ...environments.map(({ identity, protect }) => ({ name: identity.environment, isProtected: protect })),
    ...[...new Set(stores)].map((name) => ({ name, isProtected: true })),
  ];
  return wanted.map(({ name, isProtected }) => {
    const own = ids.filter((id) => owner(id, [...Object.keys(files), ...stores]) === name);
    if (own.length === 0)
      throw new CommandError(`${stacks} holds no stack of ${name}: run \`npm run synth -- --output ${folder}\` first`);
    return { name, isProtected, modules: Object.fromEntries(own.map((id) => [id, readModule(join(stacks, id, 'cdk.tf.json'))])) };
  });
}

/** A stack belongs to the longest name that begins its id. */
function owner(id: string, names: readonly string[]): string | undefined {
  return names.filter((name) => id === name || id.startsWith(`${name}-`)).sort((one, other) => other.length - one.length)[0];
}

function readModule(file: string): RootModule {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RootModule;
  } catch {
    throw new CommandError(`${file} cannot be read: the policies judge JSON, so synthesise without --hcl`);
  }
}
