/** Copies of the checkout below .terrace/, in which scripts change files that are committed. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Every tracked file, in a new folder whose name begins with the prefix. The caller removes it. */
export function copyCheckout(prefix) {
  mkdirSync(join(ROOT, '.terrace'), { recursive: true });
  const copy = mkdtempSync(join(ROOT, '.terrace', prefix));
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files) cpSync(join(ROOT, file), join(copy, file));
  return copy;
}
