/** Links lead somewhere, files that are named are there, and every page is listed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { anchorsOf, blocksOf, inProse, inTables, linksOf, PAGES, pageOf, ROOT, type Found } from './pages';

const where = ({ at, value }: Found) => `${at} ${value}`;

describe('links', () => {
  const links = PAGES.flatMap(linksOf);

  it('lead to files that are there', () => {
    expect(links.filter(({ target }) => !existsSync(join(ROOT, target))).map(where)).toEqual([]);
  });

  it('lead to headings that are there', () => {
    const anchored = links.filter(({ target, anchor }) => anchor !== undefined && target.endsWith('.md'));
    const there = new Map(PAGES.map((page) => [page.path, anchorsOf(page)]));
    expect(anchored.filter(({ target, anchor }) => !there.get(target)?.includes(anchor!)).map(where)).toEqual([]);
  });

  it('reach every page from docs/README.md', () => {
    const listed = linksOf(pageOf('docs/README.md')).map(({ target }) => target);
    const pages = PAGES.map(({ path }) => path).filter(
      (path) => /^docs\/([^/]+|(adr|reference)\/README)\.md$/.test(path) && path !== 'docs/README.md',
    );
    expect(pages.filter((path) => !listed.includes(path))).toEqual([]);
  });
});

describe('paths between backticks', () => {
  /** What is in these folders belongs to the product, so pages may rely on it; `environments/` and `locks/` are a team's own. */
  const FOLDERS = ['src', 'docs', '__tests__', 'scripts', 'bench', '.github', '.ci'];
  const files = FOLDERS.flatMap((folder) => [
    folder,
    ...readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  ]);

  /** `src/tiers/<tier>/stack.ts` means any tier; a folder may end in a slash. */
  const isThere = ({ value }: Found): boolean => {
    const matches = picomatch(value.replace(/<[^>]+>/g, '*').replace(/\/$/, ''), { dot: true });
    return files.some((file) => matches(file));
  };

  const named = (prefix: string) =>
    PAGES.flatMap((page) =>
      inProse(page, new RegExp(`\`${prefix}((?:${FOLDERS.join('|').replaceAll('.', '\\.')})/[^\`\\s]*)\``, 'g')),
    );

  it('are there', () => {
    const paths = named('');
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !isThere(path)).map(where)).toEqual([]);
  });

  it('with a plus sign are those of files to be written, which are not there yet', () => {
    const paths = named('\\+ ');
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter(isThere).map(where)).toEqual([]);
  });
});

describe('rooms', () => {
  interface Rule {
    readonly room: string;
    readonly mayImport: readonly string[];
  }
  const rules = JSON.parse(readFileSync(join(ROOT, 'import-rules.json'), 'utf8')) as readonly Rule[];
  /** `src/config` of `src/config/rules`. */
  const roomOf = (path: string): string => (path.startsWith('src/') ? path.split('/').slice(0, 2).join('/') : path);
  const rooms = [...new Set(rules.map(({ room }) => roomOf(room)))].filter((room) => room.startsWith('src/'));

  it.each(['CONTRIBUTING.md', 'docs/architecture.md'])('of the source are all in the table of %s', (path) => {
    const listed = inTables(pageOf(path), 'room').map(({ value }) => roomOf(value));
    expect(rooms.filter((room) => !listed.includes(room))).toEqual([]);
  });

  it('import each other as they are drawn', () => {
    const drawing = blocksOf(pageOf('docs/architecture.md')).find(({ code }) => code.includes('synthesis --> stacks'));
    const chains = drawing!.code.split('\n').filter((line) => line.includes(' --> '));
    const arrows = chains.flatMap((line) => {
      const names = line.trim().split(' --> ');
      return names.slice(1).map((to, index) => [names[index]!, to] as const);
    });
    const path = (name: string) => (name === 'environments' ? name : `src/${name}`);
    const isAllowed = ([from, to]: readonly [string, string]) =>
      rules.some(({ room, mayImport }) => roomOf(room) === path(from) && mayImport.some((other) => roomOf(other) === path(to)));
    expect(new Set(arrows.flat())).toEqual(new Set(['environments', ...rooms.map((room) => room.replace('src/', ''))]));
    expect(arrows.filter((arrow) => !isAllowed(arrow))).toEqual([]);
  });
});

describe('decision records', () => {
  const records = PAGES.filter(({ path }) => /^docs\/adr\/\d{4}-/.test(path));
  const statusOf = (text: string) => /^Status: (.+?)\.?$/m.exec(text)?.[1];

  it('all have a status, a context, a decision and consequences', () => {
    const incomplete = records.filter(
      ({ text }) =>
        statusOf(text) === undefined || !['Context', 'Decision', 'Consequences'].every((part) => text.includes(`\n## ${part}\n`)),
    );
    expect(incomplete.map(({ path }) => path)).toEqual([]);
  });

  it('are listed in their index, each with its title and status', () => {
    const index = pageOf('docs/adr/README.md').text;
    const rows = [...index.matchAll(/^\| \[(\d{4})\]\(([^)]+)\) +\| (.+?) +\| (.+?) +\|$/gm)];
    const listed = rows.map(([, number, file, title, status]) => `docs/adr/${file}: ${number}. ${title}: ${status}`);
    const written = records.map(({ path, text }) => {
      const title = /^# (.+)$/m.exec(text)?.[1];
      return `${path}: ${title}: ${statusOf(text)}`;
    });
    expect(listed).toEqual(written);
  });
});
