/** The address lock at every synthesis. */
import { RefusedModule, type Modules, type TierChoice } from '../../terraform/root-module';
import { addressesToLock, compare } from './addresses';
import { reportChangedKey } from './encryption';
import { lockPath } from './folder';
import { readLock } from './lock-file';
import { reportGone } from './report';
import { reportChangedTier } from './tier';

/**
 * Refuses modules in which a locked address is missing without a `moved` or `removed` block, whose data has another key, or whose
 * tier was replaced in one step.
 * @param folder of the address locks
 */
export function refuseLostData(
  folder: string,
): (group: string, modules: Modules, acceptedTexts?: unknown, tiers?: TierChoice) => void {
  return (group, modules, _acceptedTexts, tiers) => {
    const lock = readLock(folder, group);
    if (lock === undefined) return;
    const changedKey = reportChangedKey(group, lockPath(folder, group), lock, addressesToLock(modules));
    if (changedKey !== undefined) throw new RefusedModule(changedKey);
    const changedTier = reportChangedTier(group, lockPath(folder, group), lock, tiers);
    if (changedTier !== undefined) throw new RefusedModule(changedTier);
    const differences = compare(lock.stacks, modules);
    if (differences.gone.length > 0) throw new RefusedModule(reportGone(group, differences));
  };
}
