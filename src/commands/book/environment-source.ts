/** The text of the file that describes an environment, which holds its assumptions. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assumptionsIn, describes, neighboursOf } from '../../book/facts/assumptions';
import type { Assumption } from '../../book/book';

/** Relative to the top of the checkout. */
const FOLDER = 'environments';

/** The assumptions of an environment and of the files next to it that it imports; undefined where no file has its name. */
export function readAssumptions(environment: string, folder = FOLDER): readonly Assumption[] | undefined {
  const path = sources(folder).find((file) => describes(readFileSync(file, 'utf8'), environment));
  if (path === undefined) return undefined;
  const text = readFileSync(path, 'utf8');
  const neighbours = neighboursOf(text)
    .map((file) => join(path, '..', file))
    .filter((file) => existsSync(file));
  return [path, ...neighbours].flatMap((file) => assumptionsIn(file, readFileSync(file, 'utf8')));
}

function sources(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
    .map((file) => join(folder, file));
}
