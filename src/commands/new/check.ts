/** Judges a new system before a file is written: with the same schema, rules and synthesis as later, next to what exists. */
import type { EnvironmentFiles } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import type { ResolvedEnvironment } from '../../config';
import { loadEnvironments } from '../../synthesis/load';
import { synthesiseModules } from '../../synthesis/modules';
import type { Surroundings } from './environment-description';

/** A warning of one of the new environments. */
export interface FoundWarning {
  readonly environment: string;
  readonly path: string;
  readonly message: string;
}

const SILENT = { write: () => undefined };

/** What the environments that exist leave to `count` new ones. Those that are invalid leave everything. */
export async function surroundingsOf(files: EnvironmentFiles, count: number): Promise<Surroundings> {
  const { environments } = await loadEnvironments(files);
  const taken = environments.map(({ network }) => network.cidr);
  const free = Array.from({ length: 256 }, (_, second) => `10.${second}.`).filter(
    (beginning) => !taken.some((cidr) => cidr.startsWith(beginning)),
  );
  return {
    cidrs: free.slice(0, count).map((beginning) => `${beginning}0.0/16`),
    ownedZones: environments.flatMap(ownedZone),
  };
}

function ownedZone({ domain }: ResolvedEnvironment): readonly string[] {
  if (domain === undefined) return [];
  return domain.kind === 'shared' || domain.certificateAuthorities.length > 0 ? [domain.zone] : [];
}

/**
 * @param created the data of each new environment, by name
 * @returns their warnings
 * @throws CommandError with every problem
 */
export async function check(files: EnvironmentFiles, created: ReadonlyMap<string, unknown>): Promise<readonly FoundWarning[]> {
  const added = [...created].map(([name, data]) => [name, () => Promise.resolve({ default: data })] as const);
  const all: EnvironmentFiles = { ...files, ...Object.fromEntries(added) };
  const { groups, failed } = await synthesiseModules({ files: all, io: { stdout: SILENT, stderr: SILENT, env: {} } }, [
    ...created.keys(),
  ]);
  if (failed.length > 0)
    throw new CommandError(
      [
        ...failed.map(({ report }) => report),
        'Nothing was written. The names above are those of fields: docs/environments.md',
      ].join('\n'),
    );
  return groups.flatMap(({ name, environment }) =>
    (environment?.warnings ?? []).map(({ path, message }) => ({ environment: name, path, message })),
  );
}
