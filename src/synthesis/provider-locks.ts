/** The lock file of its providers in every stack's folder, where there is a matching one. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_FILE, lockFits, lockName } from '../terraform/provider-lock-set';
import { stackFolder } from './output-folder';
import type { WrittenStack } from './written';

/** The path of the lock file for a set of providers. @param name from `lockName` */
export function lockPath(locks: string, name: string): string {
  return join(locks, `${name}.lock.hcl`);
}

/**
 * Copies lock files into the folders of stacks. A stack without a matching one keeps what `terraform init` wrote there.
 * @param locks the folder of lock files
 * @returns a note for each stack whose lock file is for other ranges of versions
 */
export function copyProviderLocks(
  locks: string,
  outdir: string,
  stacks: readonly Pick<WrittenStack, 'id' | 'providers'>[],
): readonly string[] {
  return stacks.flatMap(({ id, providers }) => {
    const file = lockPath(locks, lockName(providers));
    if (!existsSync(file)) return [];
    const lock = readFileSync(file, 'utf8');
    if (!lockFits(lock, providers)) {
      return [`no lock file for ${id}: ${file} is for other versions; update it with \`npm run provider-locks -- --update\``];
    }
    writeFileSync(join(stackFolder(outdir, id), LOCK_FILE), lock);
    return [];
  });
}
