/** `npm run manifests`: writes the objects that the workloads stack would apply, for review, `kubectl diff` or a validator. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentFiles } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import type { Io } from '../../cli/io';
import { loadEnvironments } from '../../synthesis/load';
import { selectNames } from '../../cli/select';
import { renderManifests, type ManifestFile } from './render';

export interface ManifestsOptions {
  /** The folder to write below. */
  readonly output: string;
  /** Writes everything to standard output and no file. */
  readonly stdout: boolean;
}

/**
 * @param patterns names or globs of environments; empty: all environments of the Kubernetes tier
 * @returns the exit code: 1 when an environment was refused
 * @throws CommandError when none of the environments runs on Kubernetes
 */
export async function writeManifests(
  files: EnvironmentFiles,
  patterns: readonly string[],
  { output, stdout }: ManifestsOptions,
  io: Pick<Io, 'stdout' | 'stderr'>,
): Promise<0 | 1> {
  const { environments, emulated, refused } = await loadEnvironments(files, {
    selected: selectNames(Object.keys(files), patterns),
  });
  const rendered = environments.map((environment) => ({ environment, own: renderManifests(environment) }));
  const withManifests = rendered.filter(({ own }) => own.length > 0);
  if (withManifests.length === 0 && refused.length === 0) {
    throw nothingToRender([
      ...environments.map(({ identity, tier }) => `${identity.environment} (${tier.kind})`),
      ...emulated.map(({ identity }) => `${identity.environment} (emulated)`),
    ]);
  }
  for (const { environment, own } of withManifests) {
    const name = environment.identity.environment;
    if (stdout) io.stdout.write(own.map(({ text }) => text).join(''));
    else io.stdout.write(`${report(name, writeFolder(join(output, 'manifests', name), own), own)}\n`);
  }
  for (const { report: words } of refused) io.stderr.write(`${words}\n`);
  return refused.length > 0 ? 1 : 0;
}

function nothingToRender(others: readonly string[]): CommandError {
  return new CommandError(
    `manifests are there for environments with tier or nextTier "kubernetes"; asked for: ${others.join(', ')}`,
  );
}

/** Replaces the YAML files of the folder: a workload that was removed from the description leaves no file. */
function writeFolder(folder: string, files: readonly ManifestFile[]): string {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.yaml'))) rmSync(join(folder, name));
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  return folder;
}

function report(environment: string, folder: string, files: readonly ManifestFile[]): string {
  const width = Math.max(...files.map(({ name }) => name.length));
  const lines = files.map(({ name, objects }) => `  ${name.padEnd(width)}  ${objects} ${objects === 1 ? 'object' : 'objects'}`);
  return [`${environment}  ${folder}`, ...lines].join('\n');
}
