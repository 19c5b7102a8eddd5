/** The lock's part in every synthesis: an address that is gone stops it. */
import { RefusedModule, type Inspect } from '../../terraform/root-module';
import { compare } from './addresses';
import { reportGone } from './report';
import { readLock } from './lock-file';

/**
 * Refuses modules in which a locked address is gone without a `moved` block.
 * @param folder where the locks lie
 */
export function refuseLostAddresses(folder: string): Inspect {
  return (group, modules) => {
    const locked = readLock(folder, group);
    if (locked === undefined) return;
    const differences = compare(locked, modules);
    if (differences.gone.length > 0) throw new RefusedModule(reportGone(group, differences));
  };
}
