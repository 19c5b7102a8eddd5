/** TypeScript as the checkout's own formatter lays it out, so that `npm run lint` accepts what is written. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from '../../cli/errors';

const PRETTIER = join('node_modules', 'prettier', 'package.json');

/** Files that say what is not formatted, as for the formatter's own command. */
const IGNORED = ['.gitignore', '.prettierignore'];

/**
 * In this process: the formatter's own takes longer to start than the rest of a description takes.
 * @param path the file's, which chooses the formatter's settings
 * @throws Unavailable without the packages of the checkout
 */
export async function formatted(path: string, text: string): Promise<string> {
  if (!existsSync(PRETTIER)) throw new Unavailable('prettier is not installed: run `npm ci` first');
  const { format, getFileInfo, resolveConfig } = await import('prettier');
  const { ignored } = await getFileInfo(path, { ignorePath: IGNORED });
  if (ignored) return text;
  return format(text, { ...(await resolveConfig(path, { editorconfig: true })), filepath: path });
}
