/** The comments `Assumption:` of environment files, each with the field that follows it. Pure. */
import type { Assumption } from '../book';

const COMMENT = /^(\s*)(?:\/\/|\/?\*+)\s?(.*?)(?:\*\/)?$/;
const KEY = /^(\s*)(?:(?:export )?const )?(?:'([^']+)'|([A-Za-z_$][\w$]*))\s*(?::|=|,)/;
const MARK = /\bAssumption:/;

/**
 * Reads a file that Prettier has formatted: what contains a line is told by its indentation.
 * @param text of an environment file, or of a file that it imports
 */
export function assumptionsIn(file: string, text: string): readonly Assumption[] {
  const found: Assumption[] = [];
  const containers: { readonly indent: number; readonly key: string }[] = [];
  let comment: string[] = [];
  for (const line of text.split('\n')) {
    const commented = COMMENT.exec(line);
    if (commented !== null && line.trim() !== '') {
      comment.push(commented[2] ?? '');
      continue;
    }
    if (/^\S/.test(line)) containers.length = 0;
    const key = KEY.exec(line);
    if (key !== null) {
      const indent = (key[1] ?? '').length;
      while ((containers.at(-1)?.indent ?? -1) >= indent) containers.pop();
      containers.push({ indent, key: key[2] ?? key[3] ?? '' });
    }
    const text = comment.join(' ').replace(/\s+/g, ' ').trim();
    if (MARK.test(text)) found.push({ path: pathOf(containers), value: valueOf(line), text, file });
    comment = [];
  }
  return found;
}

function pathOf(containers: readonly { readonly key: string }[]): string {
  return containers
    .map(({ key }) => key)
    .filter((key) => key !== 'default')
    .join('.');
}

/** `'10.20.0.0/16'` of `cidr: '10.20.0.0/16',`; undefined where the value goes on in further lines. */
function valueOf(line: string): string | undefined {
  const value = /^\s*(?:'[^']+'|[\w$]+): (.+),$/.exec(line)?.[1];
  return value === undefined || /[[{(]$/.test(value) ? undefined : value;
}

const RELATIVE_IMPORT = /from '(\.\/[^']+)'/g;

/** Files next to an environment file that it imports. */
export function neighboursOf(text: string): readonly string[] {
  return [...text.matchAll(RELATIVE_IMPORT)].map(([, path = '']) => `${path.slice(2).replace(/\.ts$/, '')}.ts`);
}

/** Whether a file describes the environment of this name. */
export function describes(text: string, environment: string): boolean {
  return new RegExp(`^\\s*name: '${environment}',$`, 'm').test(text);
}
