/** Environment files to resolved environments; one broken file does not hide the others. */
import {
  InvalidEnvironment,
  isEmulated,
  parseEmulated,
  parseEnvironment,
  type ResolvedEmulated,
  type ResolvedEnvironment,
} from '../config';
import type { Backend } from '../config/resolved/environment';
import { checkVolume, readVolumes } from '../commands/record-volumes/recorded';
import { CommandError } from '../cli/command-error';
import { describeFault } from '../cli/fault';

/** The environments there are, by name; each file is read when it is needed. */
export type EnvironmentFiles = Readonly<Record<string, () => Promise<{ readonly default: unknown }>>>;

/** What became of the files. */
export interface Loaded {
  readonly environments: readonly ResolvedEnvironment[];
  /** Those on a developer's machine: no tier, no network, nothing to plan against AWS. */
  readonly emulated: readonly ResolvedEmulated[];
  readonly refused: readonly Refused[];
}

/** An environment that cannot be synthesised, with the report for a person. */
export interface Refused {
  readonly name: string;
  readonly report: string;
}

/** Reads and parses the named environments. */
export async function loadEnvironments(files: EnvironmentFiles, names: readonly string[], backend?: Backend): Promise<Loaded> {
  const environments: ResolvedEnvironment[] = [];
  const emulated: ResolvedEmulated[] = [];
  const refused: Refused[] = [];
  const volumes = readVolumes();
  for (const name of names) {
    try {
      const input = (await files[name]?.())?.default;
      if (isEmulated(input)) {
        emulated.push(listedAs(name, parseEmulated(input)));
        continue;
      }
      const environment = listedAs(name, parseEnvironment(input));
      checkVolume(environment, volumes);
      environments.push(backend === undefined ? environment : { ...environment, backend });
    } catch (error) {
      refused.push({ name, report: error instanceof InvalidEnvironment ? error.message : `${name}: ${describeFault(error)}` });
    }
  }
  return { environments, emulated, refused };
}

/** @throws InvalidEnvironment for one that calls itself something else than the list does */
function listedAs<T extends Pick<ResolvedEnvironment, 'identity'>>(name: string, environment: T): T {
  const { environment: said } = environment.identity;
  if (said === name) return environment;
  throw new InvalidEnvironment(name, [
    {
      path: 'name',
      received: JSON.stringify(said),
      allowed: `"${name}", under which environments/index.ts lists the file`,
      fix: 'make the two the same: commands, stacks and states go by this name',
    },
  ]);
}

/**
 * The backend that `TERRACE_BACKEND` puts in the place of everyone's own.
 * @throws CommandError for a value other than `local`
 */
export function backendOverride(value: string | undefined): Backend | undefined {
  if (value === undefined || value === '') return undefined;
  if (value === 'local') return { kind: 'local' };
  throw new CommandError(`TERRACE_BACKEND is "${value}"; allowed is "local", which keeps every state in a file here`, 2);
}
