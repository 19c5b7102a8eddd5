/**
 * Terraform's dependency lock files: one for each set of providers, committed in `provider-locks/` and copied next to the
 * stacks that need exactly this set. They hold the checksums of the providers' packages, which only the registry can
 * supply, so that a package cannot be replaced unnoticed. Pure.
 */
import type { RequiredProviders } from './root-module';

/** The folder of lock files, relative to the top of the checkout. */
export const PROVIDER_LOCKS = 'provider-locks';

/** Terraform's name of the lock file in a root module. */
export const LOCK_FILE = '.terraform.lock.hcl';

/** Where people and workflows run Terraform. */
export const PLATFORMS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'] as const;

/** `aws`, `aws+cloudflare`: names only, so that a new version changes the file instead of adding another. */
export function lockName(providers: RequiredProviders): string {
  return Object.keys(providers).sort().join('+');
}

/** `registry.terraform.io/hashicorp/aws` of `aws`, as lock files write sources. */
function fullSource(name: string, { source = name }: RequiredProviders[string]): string {
  const parts = source.split('/');
  if (parts.length === 1) return `registry.terraform.io/hashicorp/${source}`;
  return parts.length === 2 ? `registry.terraform.io/${source}` : source;
}

/** Whether a lock file holds exactly these providers in these versions: Terraform refuses any other. */
export function locksExactly(lock: string, providers: RequiredProviders): boolean {
  const locked = new Map(
    [...lock.matchAll(/provider "([^"]+)" \{\s*version\s*=\s*"([^"]+)"/g)].map(([, source, version]) => [source, version]),
  );
  const wanted = Object.entries(providers).map(([name, pin]) => [fullSource(name, pin), pin.version] as const);
  return (
    locked.size === wanted.length && wanted.every(([source, version]) => version !== undefined && locked.get(source) === version)
  );
}
