/** The pages that people read, as tests look at them: links, headings, code blocks and the commands in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** One page. */
export interface Page {
  /** From the top of the repository: `docs/state.md`. */
  readonly path: string;
  readonly text: string;
}

/** One fenced block. */
export interface Block {
  readonly page: string;
  /** The line of the page that its first line is on, from 1. */
  readonly line: number;
  /** What follows the fence: `ts`. Empty for plain text. */
  readonly language: string;
  readonly code: string;
}

const TOP = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

/** README, the other pages at the top, and everything below docs/. */
export const PAGES: readonly Page[] = [
  ...TOP,
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path))
    .sort(),
].map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** The page of a path; fails when it is not there. */
export function pageOf(path: string): Page {
  const found = PAGES.find((page) => page.path === path);
  if (found === undefined) throw new Error(`there is no page ${path}`);
  return found;
}

/** The fenced blocks of a page, indented ones without their indentation. */
export function blocksOf({ path, text }: Page): readonly Block[] {
  const blocks: Block[] = [];
  let open: { readonly indent: string; readonly language: string; readonly line: number; readonly code: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^(\s*)```(\S*)/.exec(line);
    if (open === undefined) {
      if (fence !== null) open = { indent: fence[1]!, language: fence[2]!, line: index + 2, code: [] };
    } else if (fence === null) {
      open.code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    } else {
      blocks.push({ page: path, line: open.line, language: open.language, code: `${open.code.join('\n')}\n` });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${path}:${open.line} opens a block that never ends`);
  return blocks;
}

/** A page without its fenced blocks: lines stay where they are. */
export function proseOf({ text }: Page): string {
  let inside = false;
  return text
    .split('\n')
    .map((line) => {
      const fence = /^\s*```/.test(line);
      if (fence) inside = !inside;
      return inside || fence ? '' : line;
    })
    .join('\n');
}

/** Something found on a page, and where: `docs/state.md:12`. */
export interface Found {
  readonly at: string;
  readonly value: string;
}

/** Every match of a pattern in the prose of a page; its first group, or all of it. */
export function inProse(page: Page, pattern: RegExp): readonly Found[] {
  return proseOf(page)
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(pattern)].map((match) => ({ at: `${page.path}:${index + 1}`, value: match[1] ?? match[0] })),
    );
}

/** The text between backticks in one column of the tables that have it. */
export function inTables(page: Page, column: string): readonly Found[] {
  const found: Found[] = [];
  let at = -1;
  for (const [index, line] of proseOf(page).split('\n').entries()) {
    const cells = line.split('|').map((cell) => cell.trim());
    if (!line.startsWith('|')) at = -1;
    else if (at < 0) at = cells.indexOf(column);
    else
      found.push(
        ...[...cells[at]!.matchAll(/`([^`]+)`/g)].map(([, value]) => ({ at: `${page.path}:${index + 1}`, value: value! })),
      );
  }
  return found;
}

/** Commands: the lines of shell blocks, and the text between backticks in the prose. Continued lines are joined. */
export function commandsOf(page: Page): readonly Found[] {
  const inBlocks = blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ line, code }) =>
      joinContinued(code.split('\n')).map(({ text, offset }) => ({ at: `${page.path}:${line + offset}`, value: text })),
    );
  return [...inBlocks, ...inProse(page, /`([^`]+)`/g)];
}

function joinContinued(lines: readonly string[]): readonly { readonly text: string; readonly offset: number }[] {
  const joined: { text: string; readonly offset: number }[] = [];
  let continues = false;
  for (const [offset, line] of lines.entries()) {
    const text = line.replace(/\\$/, '');
    const last = joined.at(-1);
    if (continues && last !== undefined) last.text += text;
    else joined.push({ text, offset });
    continues = line.endsWith('\\');
  }
  return joined;
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: Page): readonly string[] {
  const seen = new Map<string, number>();
  return inProse(page, /^#{1,6} +(.+?) *$/g).map(({ value }) => {
    const anchor = value
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replace(/ /g, '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** The links of a page that lead to another page or file of the repository: `docs/state.md#s3`, or `#s3` of itself. */
export function linksOf(page: Page): readonly (Found & { readonly target: string; readonly anchor?: string })[] {
  return inProse(page, /\]\((?!https?:|mailto:)([^)\s]+)\)/g).map(({ at, value }) => {
    const [path = '', anchor] = value.split('#');
    return { at, value, target: path === '' ? page.path : join(dirname(page.path), path), anchor };
  });
}
