/** At synthesis: each stack gets the lock file of its providers, where there is a fitting one. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_FILE, lockName, locksExactly, type RequiredProviders } from '../terraform/provider-lock-set';

/** What came of a stack's lock file: there is none yet for its providers, or one of other versions. */
export type CopyOutcome = 'copied' | 'missing' | 'stale';

/**
 * Puts the lock file beside a stack's module. Without a fitting one the stack keeps what `terraform init` wrote there.
 * @param locks the folder of lock files
 * @param folder the stack's folder
 */
export function copyProviderLock(locks: string, folder: string): CopyOutcome {
  const providers = requiredProviders(join(folder, 'cdk.tf.json'));
  const file = join(locks, `${lockName(providers)}.lock.hcl`);
  if (!existsSync(file)) return 'missing';
  const lock = readFileSync(file, 'utf8');
  if (!locksExactly(lock, providers)) return 'stale';
  writeFileSync(join(folder, LOCK_FILE), lock);
  return 'copied';
}

/** Every stack of a group; what has to be said of it, for the report. */
export function lockProviders(locks: string, outdir: string, stacks: readonly { readonly id: string }[]): readonly string[] {
  const stale = stacks.filter(({ id }) => copyProviderLock(locks, join(outdir, 'stacks', id)) === 'stale');
  return stale.map(
    ({ id }) => `no lock file for ${id}: the one in ${locks} is for other versions; npm run provider-locks -- --update`,
  );
}

/** The providers of a synthesised module, each pinned to one version. */
export function requiredProviders(file: string): RequiredProviders {
  const module = JSON.parse(readFileSync(file, 'utf8')) as { terraform?: { required_providers?: RequiredProviders } };
  return module.terraform?.required_providers ?? {};
}
