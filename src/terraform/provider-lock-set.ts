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

/**
 * Whether a lock file was created for exactly these providers and ranges of versions. For any other, `terraform init
 * -lockfile=readonly` fails.
 */
export function lockFits(lock: string, providers: RequiredProviders): boolean {
  const blocks = [...lock.matchAll(/provider "([^"]+)" \{([^}]*)\}/g)];
  const locked = new Map(
    blocks.map(([, source, block = '']) => [source, /^\s*constraints\s*=\s*"([^"]*)"/m.exec(block)?.[1]] as const),
  );
  const wanted = Object.entries(providers).map(([name, pin]) => [fullSource(name, pin), pin.version] as const);
  return (
    locked.size === wanted.length &&
    wanted.every(([source, range]) => range !== undefined && sorted(locked.get(source)) === sorted(range))
  );
}

/** Terraform may write the parts of a constraint in another order. */
function sorted(constraint = ''): string {
  return constraint
    .split(/\s*,\s*/)
    .sort()
    .join(', ');
}
