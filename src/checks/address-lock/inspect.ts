/** The address lock at every synthesis. */
import { RefusedModule, type Inspect } from '../../terraform/root-module';
import { compare } from './addresses';
import { readLock } from './lock-file';
import { reportGone } from './report';

/**
 * Refuses modules in which a locked address is missing without a `moved` or `removed` block.
 * @param folder of the address locks
 */
export function refuseLostAddresses(folder: string): Inspect {
  return (group, modules) => {
    const locked = readLock(folder, group);
    if (locked === undefined) return;
    const differences = compare(locked, modules);
    if (differences.gone.length > 0) throw new RefusedModule(reportGone(group, differences));
  };
}
