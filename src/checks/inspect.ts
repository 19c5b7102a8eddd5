/** The checks that every synthesis must pass before it writes a file: the one place where they are composed. */
import type { Inspect } from '../terraform/root-module';
import { refuseLostData } from './address-lock/inspect';
import { LOCKS } from './address-lock/lock-file';
import { refuseUnsafeModules } from './policy/inspect';

/**
 * The address lock, then the policy rules that hold at synth.
 * @param locks the folder of the address locks
 */
export function inspectModules(locks: string = LOCKS): Inspect {
  const checks: readonly Inspect[] = [refuseLostData(locks), refuseUnsafeModules];
  return (...group) => checks.forEach((check) => check(...group));
}
