/**
 * The choice of the key that encrypts an environment's data, as the lock records it. AWS cannot change the key of a database, a
 * cache, a file system, a volume or a repository, so a changed choice replaces all of them. Pure.
 */
import type { KeyChoice } from '../../config/schema/encryption';
import type { Addresses } from './addresses';

/** What a lock file says. */
interface Locked {
  readonly encryption?: { readonly key: KeyChoice };
  readonly stacks: Addresses;
}

/** The address of the environment's own key in its data stack. */
const ENVIRONMENT_KEY = 'aws_kms_key.environment_key';

/** What the addresses of a group say; undefined for a group without a data stack, such as the bootstrap of a state store. */
export function keyChoiceIn(group: string, addresses: Addresses): KeyChoice | undefined {
  const data = addresses[`${group}-data`];
  if (data === undefined) return undefined;
  return data.includes(ENVIRONMENT_KEY) ? 'customer-managed' : 'aws-managed';
}

/** The recorded choice. Lock files from before the choice was a field show it by the addresses that they list. */
function recordedKeyChoice(group: string, { encryption, stacks }: Locked): KeyChoice | undefined {
  return encryption?.key ?? keyChoiceIn(group, stacks);
}

/** Why a changed choice is refused; undefined when it is unchanged or new. */
export function reportChangedKey(group: string, path: string, lock: Locked, current: Addresses): string | undefined {
  const recorded = recordedKeyChoice(group, lock);
  const now = keyChoiceIn(group, current);
  if (recorded === undefined || now === undefined || recorded === now) return undefined;
  return [
    `${group}: encryption.key is "${now}", but ${path} records "${recorded}"`,
    '  The key of existing data cannot change: the next apply would replace the database, the cache, file systems and volumes.',
    `  Set encryption: { key: '${recorded}' } in the environment file. To change the key, copy a snapshot under the new one:`,
    `  docs/database.md, "Changing the encryption key". If nothing of ${group} is deployed, remove ${path} and run \`npm run lock\`.`,
  ].join('\n');
}
