/** The address lock at every synthesis. */
import { RefusedModule, type Modules } from '../../terraform/root-module';
import { addressesToLock, compare } from './addresses';
import { reportChangedKey } from './encryption';
import { lockPath, readLock } from './lock-file';
import { reportGone } from './report';

/**
 * Refuses modules in which a locked address is missing without a `moved` or `removed` block, or whose data has another key.
 * @param folder of the address locks
 */
export function refuseLostData(folder: string): (group: string, modules: Modules) => void {
  return (group, modules) => {
    const lock = readLock(folder, group);
    if (lock === undefined) return;
    const changedKey = reportChangedKey(group, lockPath(folder, group), lock, addressesToLock(modules));
    if (changedKey !== undefined) throw new RefusedModule(changedKey);
    const differences = compare(lock.stacks, modules);
    if (differences.gone.length > 0) throw new RefusedModule(reportGone(group, differences));
  };
}
