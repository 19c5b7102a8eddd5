/**
 * Terraform's dependency lock files: one for each set of providers, kept in `provider-locks/` and put beside the stacks
 * that need exactly this set. They hold the checksums of the providers' packages, so that nobody can put another one in
 * their place; only the registry can say those. Pure.
 */

/** The folder of lock files, seen from the top of the checkout. */
export const PROVIDER_LOCKS = 'provider-locks';

/** What Terraform calls its lock file inside a root module. */
export const LOCK_FILE = '.terraform.lock.hcl';

/** Where people and workflows run Terraform. */
export const PLATFORMS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'] as const;

/** Local name to source and version: `terraform.required_providers`. */
export type RequiredProviders = Readonly<Record<string, { readonly source?: string; readonly version?: string }>>;

/** `aws`, `aws+cloudflare`: names only, so that a new version is a change of the file and not another file. */
export function lockName(providers: RequiredProviders): string {
  return Object.keys(providers).sort().join('+');
}

/** `registry.terraform.io/hashicorp/aws` of `aws`, as lock files write sources. */
export function fullSource(name: string, { source = name }: RequiredProviders[string]): string {
  const parts = source.split('/');
  if (parts.length === 1) return `registry.terraform.io/hashicorp/${source}`;
  return parts.length === 2 ? `registry.terraform.io/${source}` : source;
}

/**
 * Whether a lock file is for exactly these providers in exactly these versions. Terraform refuses one that is not, so a
 * stale one is worse than none.
 */
export function locksExactly(lock: string, providers: RequiredProviders): boolean {
  const locked = new Map(
    [...lock.matchAll(/provider "([^"]+)" \{\s*version\s*=\s*"([^"]+)"/g)].map(([, source, version]) => [source, version]),
  );
  const wanted = Object.entries(providers).map(([name, pin]) => [fullSource(name, pin), pin.version] as const);
  return (
    locked.size === wanted.length && wanted.every(([source, version]) => version !== undefined && locked.get(source) === version)
  );
}
