/** What every synthesis is held against before a file of it is written. */
import { refuseLostAddresses } from '../addresses/inspect';
import { refuseUnsafeModules } from '../policy/inspect';
import type { Inspect } from '../../terraform/root-module';

/**
 * The address lock, then our own policy rules.
 * @param locks the folder of the address locks
 */
export function inspectOutput(locks: string): Inspect {
  const lost = refuseLostAddresses(locks);
  return (group, modules) => {
    lost(group, modules);
    refuseUnsafeModules(group, modules);
  };
}
