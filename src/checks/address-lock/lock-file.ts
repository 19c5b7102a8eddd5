/** `locks/<environment or state store>.json`: the committed addresses. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RefusedModule } from '../../terraform/root-module';
import type { Addresses } from './addresses';

/** The folder of address locks, relative to the top of the checkout. */
export const LOCKS = 'locks';

const fileSchema = z.strictObject({ stacks: z.record(z.string(), z.array(z.string())) });

/** @param group an environment, or the bootstrap of a state store */
export function lockPath(folder: string, group: string): string {
  return join(folder, `${group}.json`);
}

/**
 * The locked addresses; undefined without a file.
 * @throws RefusedModule for an invalid file, such as one with merge conflicts: taken for empty, it would lock nothing
 */
export function readLock(folder: string, group: string): Addresses | undefined {
  const path = lockPath(folder, group);
  if (!existsSync(path)) return undefined;
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).stacks;
  } catch {
    throw new RefusedModule(`${path} is invalid: restore it from version control, or remove it and run \`npm run lock\``);
  }
}

export function writeLock(folder: string, group: string, stacks: Addresses): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(lockPath(folder, group), `${JSON.stringify({ stacks }, null, 2)}\n`);
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
