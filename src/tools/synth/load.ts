/** Environment files to resolved environments; one broken file does not hide the others. */
import { InvalidEnvironment, parseEnvironment, type ResolvedEnvironment } from '../../config';
import type { Backend } from '../../config/resolved';
import { CommandError } from './command-error';
import { describeFault } from './fault';

/** The environments there are, by name; each file is read when it is needed. */
export type EnvironmentFiles = Readonly<Record<string, () => Promise<{ readonly default: unknown }>>>;

/** What became of the files. */
export interface Loaded {
  readonly environments: readonly ResolvedEnvironment[];
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
  const refused: Refused[] = [];
  for (const name of names) {
    try {
      const environment = await loadEnvironment(files, name);
      environments.push(backend === undefined ? environment : { ...environment, backend });
    } catch (error) {
      refused.push({ name, report: error instanceof InvalidEnvironment ? error.message : `${name}: ${describeFault(error)}` });
    }
  }
  return { environments, refused };
}

async function loadEnvironment(files: EnvironmentFiles, name: string): Promise<ResolvedEnvironment> {
  const file = await files[name]?.();
  const environment = parseEnvironment(file?.default);
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
