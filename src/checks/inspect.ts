/** The checks that every synthesis must pass before it writes a file: the one place where they are composed. */
import type { Inspect } from '../terraform/root-module';
import { lockPath, LOCKS } from './address-lock/folder';
import { refuseLostData } from './address-lock/inspect';
import { EXCEPTIONS_FILE } from './policy/environment-exceptions';
import { refuseUnsafeModules } from './policy/inspect';

/**
 * The address lock, then the policy rules that hold at synth.
 * @param locks the folder of the address locks
 */
export function inspectModules(locks: string = LOCKS): Inspect {
  const checks: readonly Inspect[] = [refuseLostData(locks), refuseUnsafeModules];
  return (...group) => checks.forEach((check) => check(...group));
}

/** The files that `inspectModules` reads for a group; they need not exist. Nothing else decides besides its arguments. */
export function inspectedFiles(group: string, locks: string = LOCKS): readonly string[] {
  return [lockPath(locks, group), EXCEPTIONS_FILE];
}
