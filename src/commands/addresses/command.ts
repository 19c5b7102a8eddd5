/** `npm run lock`: writes down the addresses of what must not be lost, and shows what has changed since. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Modules } from '../../terraform/root-module';
import type { Io } from '../../cli/io';
import type { EnvironmentFiles } from '../../synthesis/load';
import { run } from '../../synthesis/run';
import { selectNames } from '../../cli/select';
import { compare, isUnchanged, keptAddresses } from './addresses';
import { lockedGroups, lockPath, readLock, removeLock, writeLock } from './lock-file';
import { reportDifferences } from './report';

export interface LockOptions {
  readonly locks: string;
  /** Only say what differs, and fail when something does. */
  readonly check: boolean;
}

/**
 * Brings the lock files of environments up to date.
 * @returns 0; 1 when an environment cannot be synthesised, or with `check` when a file is not up to date
 */
export async function lock(
  files: EnvironmentFiles,
  patterns: readonly string[],
  { locks, check }: LockOptions,
  { stdout, stderr }: Io,
): Promise<0 | 1> {
  const selected = selectNames(Object.keys(files), patterns);
  const { groups, failed } = await synthesised(files, selected, stderr);
  for (const { report } of failed) stderr.write(`${report}\n`);

  let changed = 0;
  for (const [group, modules] of groups) {
    const locked = readLock(locks, group);
    const differences = compare(locked ?? {}, modules);
    const current = keptAddresses(modules);
    if (locked !== undefined && isUnchanged(differences)) continue;
    changed += 1;
    stdout.write(`${[lockPath(locks, group), ...reportDifferences(differences)].join('\n')}\n`);
    if (!check) writeLock(locks, group, current);
  }
  const isComplete = selected.length === Object.keys(files).length && failed.length === 0;
  const orphans = isComplete ? lockedGroups(locks).filter((group) => !groups.has(group)) : [];
  for (const group of orphans) {
    changed += 1;
    stdout.write(`${lockPath(locks, group)}\n  - all of it: there is no such environment or state store any more\n`);
    if (!check) removeLock(locks, group);
  }
  stdout.write(`${summary(groups.size, changed, check)}\n`);
  return failed.length > 0 || (check && changed > 0) ? 1 : 0;
}

function summary(groups: number, changed: number, check: boolean): string {
  if (changed === 0) return `${groups} address locks, all up to date`;
  return check
    ? `${changed} of ${groups} address locks are not up to date: look at the difference, run \`npm run lock\`, commit`
    : `${changed} of ${groups} address locks written: look at the difference, then commit`;
}

/** Every environment and state store, synthesised into a folder that nobody keeps, without holding it against the lock. */
async function synthesised(files: EnvironmentFiles, selected: readonly string[], progress: Io['stderr']) {
  const outdir = mkdtempSync(join(tmpdir(), 'terrace-lock-'));
  const groups = new Map<string, Modules>();
  try {
    const inspect = (group: string, modules: Modules): void => void groups.set(group, modules);
    const { failed } = await run({ files, selected, outdir, format: 'json', progress, removeGone: false, inspect });
    return { groups, failed };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
