/** Names of previews and of what they consist of. Pure. */
import { type EnvironmentName, environmentPath } from './environment';
import { HASH_LENGTH, shortHash } from './fitted';

/** The largest number of a pull request that can have a preview: names with more digits do not fit the limits of AWS. */
export const LARGEST_PREVIEW_NUMBER = 99_999;

/** What the names of a preview have in common: `pr-12`. It is the kind of its stack, and the first label of its host names. */
export function previewLabel(number: number): `pr-${number}` {
  return `pr-${number}`;
}

/** Whether a name could be that of a preview, or begins like the names of its resources. */
export function looksLikePreview(name: string): boolean {
  return /^pr-\d/.test(name);
}

/** The name that begins the names of a preview's resources: `shop-dev-pr-12`. */
export function previewName(environment: string, number: number): string {
  return `${environment}-${previewLabel(number)}`;
}

/** A host name of a preview: `pr-12.api.dev.shop.example`. */
export function previewHost(number: number, host: string): string {
  return `${previewLabel(number)}.${host}`;
}

/** The database of a preview on the server of its environment, a PostgreSQL identifier: `pr_12`. */
export function previewDatabase(number: number): string {
  return `pr_${number}`;
}

/** Whether a database or a login could be that of a preview, with which it would be dropped. */
export function looksLikePreviewDatabase(name: string): boolean {
  return /^pr_\d/.test(name);
}

/** PostgreSQL cuts longer identifiers off. */
const IDENTIFIER_LENGTH = 63;

/**
 * A login of a preview, as roles belong to the whole server: `pr_12_app`. A longer one ends with a hash, so that no two become the
 * same.
 */
export function previewRole(number: number, role: string): string {
  const name = `${previewDatabase(number)}_${role}`;
  if (name.length <= IDENTIFIER_LENGTH) return name;
  return `${name.slice(0, IDENTIFIER_LENGTH - HASH_LENGTH - 1)}_${shortHash(name)}`;
}

/** The keys of the states of an environment's previews. */
export function previewStateKeys(shortName: string): RegExp {
  return new RegExp(`^${shortName}/pr-(\\d+)/terraform\\.tfstate$`);
}

/** The Secrets Manager name of a secret that a person sets once for all previews of an environment. */
export function previewSecretName(environment: EnvironmentName, key: string): string {
  return `${environmentPath(environment)}/previews/${key}`;
}
