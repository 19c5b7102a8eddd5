/** The sources of environments: which file the list names, and what it imports. For messages and cautious guesses only. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The list of environments, relative to the checkout. */
export const LIST = 'environments/index.ts';

const ENTRY = /['"]?([\w-]+)['"]?\s*:\s*(?:async\s*)?\(\)\s*=>\s*import\(\s*['"](\.[^'"]+)['"]/g;

/** Environment name to its file, relative to the checkout, as the list says. */
export function listedFiles(checkout = process.cwd()): ReadonlyMap<string, string> {
  const list = textOf(join(checkout, LIST)) ?? '';
  const found = [...list.matchAll(ENTRY)].map(
    ([, name = '', path = '']) => [name, join(dirname(LIST), path.endsWith('.ts') ? path : `${path}.ts`)] as const,
  );
  return new Map(found);
}

/**
 * The file that a person has written for an environment which the list does not name; undefined without one.
 * @param name `shop-dev` finds `environments/shop/dev.ts`, and any file that exports an environment of this name
 */
export function unlistedFile(name: string, checkout = process.cwd()): string | undefined {
  const folder = join(checkout, dirname(LIST));
  if (!existsSync(folder)) return undefined;
  const listed = new Set(listedFiles(checkout).values());
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(test|d)\.ts$/.test(path))
    .map((path) => join(dirname(LIST), path))
    .filter((file) => !listed.has(file))
    .find((file) => isNamedAfter(file, name) || describes(textOf(join(checkout, file)) ?? '', name));
}

/** `environments/shop/dev.ts` and `shop-dev`. */
function isNamedAfter(file: string, name: string): boolean {
  return relative(dirname(LIST), file).replace(/\.ts$/, '').split(sep).join('-') === name;
}

function describes(text: string, name: string): boolean {
  return /^export default\b/m.test(text) && [`name: '${name}'`, `name: "${name}"`].some((written) => text.includes(written));
}

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g;

/**
 * The texts of all files in the folder of an environment's file, and of what they import from below `environments/`: a file with a
 * mistake in an import needs another one of them than it says. Empty where there is no such folder.
 */
export function textsAround(file: string, checkout = process.cwd()): readonly string[] {
  const folder = dirname(file);
  if (!existsSync(join(checkout, folder))) return [];
  const texts = new Map<string, string>();
  const open = readdirSync(join(checkout, folder)).map((name) => join(folder, name));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (texts.has(next) || !next.endsWith('.ts') || !next.startsWith(`${dirname(LIST)}${sep}`)) continue;
    const text = textOf(join(checkout, next));
    if (text === undefined) continue;
    texts.set(next, text);
    for (const [, path = ''] of text.matchAll(IMPORT)) open.push(importedFile(next, path, checkout));
  }
  return [...texts.values()];
}

/** The file that an import means, relative to the checkout. */
export function importedFile(from: string, path: string, checkout = process.cwd()): string {
  const target = join(dirname(from), path);
  const candidates = [target, `${target}.ts`, join(target, 'index.ts'), target.replace(/\.m?js$/, '.ts')];
  return candidates.find((candidate) => candidate.endsWith('.ts') && existsSync(join(checkout, candidate))) ?? `${target}.ts`;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
