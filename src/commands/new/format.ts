/** TypeScript as the checkout's own formatter lays it out, so that `npm run lint` accepts what is written. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Unavailable } from '../../cli/errors';

const PRETTIER = join('node_modules', 'prettier', 'bin', 'prettier.cjs');

/**
 * @param path the file's, which chooses the formatter's settings
 * @throws Unavailable without the packages of the checkout
 */
export async function formatted(path: string, text: string): Promise<string> {
  if (!existsSync(PRETTIER)) throw new Unavailable('prettier is not installed: run `npm ci` first');
  const running = promisify(execFile)(process.execPath, [PRETTIER, '--stdin-filepath', path]);
  running.child.stdin?.end(text);
  return (await running).stdout;
}
