/** `locks/<environment>.json`: the committed addresses of what must not be lost. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RefusedModule } from '../../terraform/root-module';
import type { Addresses } from './addresses';

/** Where the files lie, seen from the top of the checkout. */
export const LOCKS = 'locks';

const fileSchema = z.strictObject({ stacks: z.record(z.string(), z.array(z.string())) });

/** One file for each environment and each state store's bootstrap. */
export function lockPath(folder: string, group: string): string {
  return join(folder, `${group}.json`);
}

/**
 * Reads what is locked; nothing is, without a file.
 * @throws Unsafe when the file cannot be understood: merged badly, it would lock nothing
 */
export function readLock(folder: string, group: string): Addresses | undefined {
  const path = lockPath(folder, group);
  if (!existsSync(path)) return undefined;
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).stacks;
  } catch {
    throw new RefusedModule(
      `${path} is not understood: take it back from version control, or remove it and run \`npm run lock\``,
    );
  }
}

export function writeLock(folder: string, group: string, stacks: Addresses): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(lockPath(folder, group), `${JSON.stringify({ stacks }, null, 2)}\n`);
}

export function removeLock(folder: string, group: string): void {
  rmSync(lockPath(folder, group));
}

/** What there are files for. */
export function lockedGroups(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}
