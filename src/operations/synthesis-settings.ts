/** How commands synthesise: the same checks, the same kept output of earlier runs, the same lock files of providers. */
import { LOCKS } from '../checks/address-lock/folder';
import { existingLocks } from '../checks/address-lock/lock-file';
import { inspectedFiles, inspectModules } from '../checks/inspect';
import type { Io } from '../cli/io';
import { runningProgram } from '../cli/running-program';
import { assessCost } from '../cost/assess';
import { SynthesisCache } from '../synthesis/cache';
import { startFurther } from '../synthesis/further-processes';
import { backendOverride } from '../synthesis/load';
import type { RunOptions } from '../synthesis/run';
import { PROVIDER_LOCKS } from '../terraform/provider-lock-set';

export interface SettingsOptions {
  /** The folder of the address locks. @default the checkout's */
  readonly locks?: string;
  /** Whether what has not changed is taken from earlier runs. @default true */
  readonly cache?: boolean;
  /** Whether further processes may build a part. @default true */
  readonly further?: boolean;
}

export function synthesisSettings(
  env: Io['env'],
  { locks = LOCKS, cache = true, further = true }: SettingsOptions = {},
): Pick<RunOptions, 'backend' | 'inspect' | 'assess' | 'cache' | 'further' | 'providerLocks'> {
  return {
    backend: backendOverride(env.TERRACE_BACKEND),
    inspect: inspectModules(existingLocks(locks)),
    assess: assessCost,
    cache: cache ? earlierRuns(locks) : undefined,
    further: further ? furtherRuns(env, locks) : undefined,
    providerLocks: PROVIDER_LOCKS,
  };
}

/** Undefined for a program that is no bundle, as in tests. */
function earlierRuns(locks: string): SynthesisCache | undefined {
  const program = runningProgram();
  return program && new SynthesisCache({ ...program, filesOf: (group) => inspectedFiles(group, locks) });
}

function furtherRuns(env: Io['env'], locks: string): RunOptions['further'] {
  const program = runningProgram();
  return program && ((names) => startFurther(names, { ...program, options: ['--locks', locks], env }));
}
