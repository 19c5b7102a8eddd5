/** Writes the address locks of environments and state stores, or checks them. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { selectNames } from '../../cli/select';
import { addressesToLock, compare, isUnchanged, type Addresses } from '../../checks/address-lock/addresses';
import { keyChoiceIn, reportChangedKey } from '../../checks/address-lock/encryption';
import { lockPath } from '../../checks/address-lock/folder';
import { existingLocks, lockedGroups, readLock, removeLock, writeLock, type Lock } from '../../checks/address-lock/lock-file';
import { reportDifferences } from '../../checks/address-lock/report';
import { reportChangedTier, reportNewTier } from '../../checks/address-lock/tier';
import { synthesiseModules } from '../../synthesis/modules';
import { tierChoiceOf } from '../../terraform/root-module';
import { refuseLostSinceBase } from './base';

export interface LockOptions {
  /** The folder of the lock files. */
  readonly locks: string;
  /** Only report differences, and fail when there is one. */
  readonly check: boolean;
  /** The folder of the lock files of the commit that a change starts from. @default no comparison */
  readonly base?: string;
}

/**
 * @returns 0; 1 when an environment cannot be synthesised, the key of its data was changed or its tier replaced in one step, with `check` when a file is not
 * up to date, with `base` when something that the base commit locks is lost
 */
export async function updateLocks(
  context: CommandContext,
  patterns: readonly string[],
  { locks, check, base }: LockOptions,
): Promise<0 | 1> {
  const { files, io } = context;
  if (check) existingLocks(locks);
  const selected = selectNames(Object.keys(files), patterns);
  const { groups, failed } = await synthesiseModules(context, selected);
  for (const { report } of failed) io.stderr.write(`${report}\n`);

  let outdated = 0;
  let refused = 0;
  for (const { name, modules, environment } of groups) {
    const lock = readLock(locks, name);
    const path = lockPath(locks, name);
    const addresses = addressesToLock(modules);
    const tiers = tierChoiceOf(environment);
    const changed = lock && (reportChangedKey(name, path, lock, addresses) ?? reportChangedTier(name, path, lock, tiers));
    if (changed !== undefined) {
      refused += 1;
      io.stderr.write(`${changed}\n`);
      continue;
    }
    const differences = compare(lock?.stacks ?? {}, modules);
    const choices = [...reportNewKey(name, lock, addresses), ...reportNewTier(lock ?? {}, tiers)];
    if (lock !== undefined && isUnchanged(differences) && choices.length === 0) continue;
    outdated += 1;
    io.stdout.write(`${[path, ...choices, ...reportDifferences(differences)].join('\n')}\n`);
    if (!check) writeLock(locks, name, addresses, tiers);
  }
  const isComplete = selected.length === Object.keys(files).length && failed.length === 0;
  if (isComplete)
    handleOrphans(
      context,
      groups.map(({ name }) => name),
      { locks, check },
    );
  if (base !== undefined && !existsSync(dirname(base)))
    throw new CommandError(`--base ${base} does not exist: check out the base commit there first`, 2);
  const lost = base === undefined ? 0 : refuseLostSinceBase(base, groups, new Date().toISOString().slice(0, 10), io);
  io.stdout.write(`${summary(groups.length - refused, outdated, check)}\n`);
  return failed.length > 0 || refused > 0 || lost > 0 || (check && outdated > 0) ? 1 : 0;
}

/** The line for a choice of key that the file does not record yet. */
function reportNewKey(group: string, lock: Lock | undefined, addresses: Addresses): readonly string[] {
  const key = keyChoiceIn(group, addresses);
  if (key === undefined || lock?.encryption !== undefined) return [];
  return [`  + encryption.key: ${key}, which cannot change after the first deployment`];
}

/** Lock files of environments that were removed: they hold back nothing, so a check reports them and does not fail. */
function handleOrphans(
  { io }: CommandContext,
  existing: readonly string[],
  { locks, check }: Pick<LockOptions, 'locks' | 'check'>,
): void {
  for (const name of lockedGroups(locks).filter((group) => !existing.includes(group))) {
    const action = check ? '`npm run lock` removes it' : 'removed';
    io.stdout.write(`${lockPath(locks, name)}\n  there is no such environment, state store or shared zone: ${action}\n`);
    if (!check) removeLock(locks, name);
  }
}

function summary(groups: number, changed: number, check: boolean): string {
  if (changed === 0) return `${groups} address locks are up to date`;
  return check
    ? `${changed} of ${groups} address locks are not up to date: review the difference, run \`npm run lock\`, commit`
    : `${changed} of ${groups} address locks were written: review the difference, then commit`;
}
