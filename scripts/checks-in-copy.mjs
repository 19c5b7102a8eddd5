/** Runs commands one after the other in a copy of the checkout, and says which of them fail. */
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { copyCheckout, ROOT } from './checkout-copy.mjs';

/**
 * A copy is made, with the installed packages, and removed at the end.
 * @param title begins every line
 * @param prepare changes the copy first
 * @param checks each a name, a command and its arguments; all of them are run
 * @returns the names of those that fail
 */
export function checksInCopy(title, checks, prepare = () => undefined) {
  const copy = copyCheckout(`${title.replaceAll(/\W+/g, '-')}-`);
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    execFileSync('git', ['init', '--quiet'], { cwd: copy });
    prepare(copy);
    return checks.flatMap(([name, command, args]) => {
      const started = performance.now();
      const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 28 });
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      process.stdout.write(`${title}: ${name} ${status === 0 ? 'passes' : 'FAILS'} (${seconds} s)\n`);
      if (status !== 0) process.stderr.write(`${stdout}${stderr}`.trimEnd().split('\n').slice(-60).join('\n') + '\n');
      return status === 0 ? [] : [`${title}: ${name}`];
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** `npm run <script> -- <args>`, as a command and its arguments. */
export function npmRun(script, ...args) {
  return ['npm', ['run', '--silent', script, ...(args.length > 0 ? ['--', ...args] : [])]];
}
