/** `locks/<environment or bootstrap stack>.json`: the committed addresses, the choice of the encryption key, and the tier. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { keyChoiceSchema } from '../../config/schema/encryption';
import { tierSchema } from '../../config/schema/tiers';
import { RefusedModule, type TierChoice } from '../../terraform/root-module';
import { keyChoiceIn } from './encryption';
import type { Addresses } from './addresses';
import { lockPath, LOCKS } from './folder';

const fileSchema = z.strictObject({
  /** Absent for the bootstrap of a state store, and in files from before the choice was recorded. */
  encryption: z.strictObject({ key: keyChoiceSchema }).optional(),
  /** The tier that serves and the one that is built next to it. Absent for a state store, and in files from before it was recorded. */
  tier: tierSchema.optional(),
  nextTier: tierSchema.optional(),
  stacks: z.record(z.string(), z.array(z.string())),
});

/** What one file says. */
export type Lock = z.output<typeof fileSchema>;

/**
 * A folder that a person names: a check against one that does not exist would pass whatever is lost.
 * @throws CommandError when it does not exist
 */
export function existingLocks(folder: string): string {
  if (folder === LOCKS || existsSync(folder)) return folder;
  throw new CommandError(`--locks ${folder} does not exist: name the folder of the address locks, ${LOCKS} by default`, 2);
}

/**
 * What is locked; undefined without a file.
 * @throws RefusedModule for an invalid file, such as one with merge conflicts: taken for empty, it would lock nothing
 */
export function readLock(folder: string, group: string): Lock | undefined {
  const path = lockPath(folder, group);
  if (!existsSync(path)) return undefined;
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new RefusedModule(`${path} is invalid: restore it from version control, or remove it and run \`npm run lock\``);
  }
}

/** @param tiers of an environment; none for a state store or a shared zone */
export function writeLock(folder: string, group: string, stacks: Addresses, tiers?: TierChoice): void {
  const key = keyChoiceIn(group, stacks);
  const content = { ...(key === undefined ? {} : { encryption: { key } }), ...tiers, stacks };
  mkdirSync(folder, { recursive: true });
  writeFileSync(lockPath(folder, group), `${JSON.stringify(content, null, 2)}\n`);
}

export function removeLock(folder: string, group: string): void {
  rmSync(lockPath(folder, group));
}

/** Every environment and state store that has a lock file. */
export function lockedGroups(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}
