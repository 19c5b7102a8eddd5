/** Where address locks are. Apart from the schema of the files, which the names and options of commands do not need. */
import { join } from 'node:path';

/** The folder of address locks, relative to the top of the checkout. */
export const LOCKS = 'locks';

/** @param group an environment, or the bootstrap of a state store */
export function lockPath(folder: string, group: string): string {
  return join(folder, `${group}.json`);
}
