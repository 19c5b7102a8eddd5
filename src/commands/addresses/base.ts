/** The locks of the commit that a change starts from: what it no longer locks is deleted, and has to be allowed. */
import type { Io } from '../../cli/io';
import { addressesToLock, compare, type StackAddress } from '../../checks/address-lock/addresses';
import { reportChangedKey } from '../../checks/address-lock/encryption';
import { lockPath } from '../../checks/address-lock/folder';
import { lockedGroups, readLock } from '../../checks/address-lock/lock-file';
import { reportGone } from '../../checks/address-lock/report';
import { reportChangedTier } from '../../checks/address-lock/tier';
import { readExceptions } from '../../checks/plan-guard/allowances';
import type { ModuleGroup } from '../../synthesis/modules';
import { tierChoiceOf } from '../../terraform/root-module';

/**
 * Compares a synthesis with the lock files of the base commit: a change can remove an address from its own lock file, and then
 * nothing else notices before the guard reads the plan.
 * @param base the folder of lock files of the base commit
 * @param today `YYYY-MM-DD`
 * @returns the number of groups that lose something without an allowance in guard-allow.yaml
 */
export function refuseLostSinceBase(base: string, groups: readonly ModuleGroup[], today: string, { stderr }: Io): number {
  const { allowances } = readExceptions(today);
  const isAllowed = ({ stack, address }: StackAddress): boolean =>
    allowances.some((one) => one.harm === 'delete' && one.stack === stack && one.address === address && one.expires >= today);
  let refused = 0;
  for (const name of lockedGroups(base)) {
    const locked = readLock(base, name);
    const group = groups.find((one) => one.name === name);
    // The stacks of a removed environment are reported by `delivery changed`.
    if (locked === undefined || group === undefined) continue;
    const path = lockPath(base, name);
    const changed =
      reportChangedKey(name, path, locked, addressesToLock(group.modules)) ??
      reportChangedTier(name, path, locked, tierChoiceOf(group.environment));
    if (changed !== undefined) {
      refused += 1;
      stderr.write(`${changed}\n`);
      continue;
    }
    const differences = compare(locked.stacks, group.modules);
    const gone = differences.gone.filter((missing) => !isAllowed(missing));
    if (gone.length === 0) continue;
    refused += 1;
    stderr.write(
      `${reportGone(name, { ...differences, gone })}\n  The base commit locks ${gone.length === 1 ? 'it' : 'them'}. If the loss is intended, allow it in guard-allow.yaml, which the deployment needs anyway (docs/guard.md).\n`,
    );
  }
  return refused;
}
