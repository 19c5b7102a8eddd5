/**
 * Every TypeScript block of the pages compiles, all of them in one program.
 *
 * - A block with an `import` or `export` is a whole file. A first line such as `// environments/shop/prod.ts` says which, and
 *   blocks of one page import each other by these names. Without such a line it is a file of `environments/<page>/`.
 * - Any other block is a fragment: some sections of an environment file, in which required fields may be left out. It ends
 *   with a comma, as it does inside the file; without the comma Prettier takes it for statements and rewrites it.
 */
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { blocksOf, PAGES, ROOT, type Block } from './pages';

/** A block as the compiler sees it. */
interface Source {
  readonly block: Block;
  readonly file: string;
  readonly text: string;
  /** Lines before the block's own. */
  readonly offset: number;
}

const isWhole = ({ code }: Block): boolean => /^(import|export) /m.test(code);

const FRAGMENT_HEAD = [
  "import type { EnvironmentInput, Part } from '../../src/config';",
  'export const fragment: Part<EnvironmentInput> = {',
];

function sourceOf(block: Block): Source {
  const page = block.page.replace(/\W+/g, '-');
  if (!isWhole(block)) {
    const text = [...FRAGMENT_HEAD, block.code, '};', ''].join('\n');
    return { block, file: join(ROOT, 'environments', page, `line-${block.line}.ts`), text, offset: FRAGMENT_HEAD.length };
  }
  const named = /^\/\/ (\S+\.ts)\n/.exec(block.code)?.[1] ?? `environments/${page}/line-${block.line}.ts`;
  // A folder next to the named one: relative imports mean what they say, and no real file is replaced.
  const folder = posix.join(posix.dirname(named), '..', `${page}--${posix.basename(posix.dirname(named))}`);
  return { block, file: join(ROOT, folder, posix.basename(named)), text: block.code, offset: 0 };
}

const blocks = PAGES.flatMap(blocksOf).filter(({ language }) => ['ts', 'typescript'].includes(language));
const sources = blocks.map(sourceOf);

/** The compiler's complaints, by page and line. */
function complaints(): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const texts = new Map(sources.map(({ file, text }) => [file, text]));
  const folders = new Set(sources.map(({ file }) => dirname(file)));
  const files = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...files,
    fileExists: (path) => texts.has(path) || files.fileExists(path),
    readFile: (path) => texts.get(path) ?? files.readFile(path),
    directoryExists: (path) => folders.has(path) || ts.sys.directoryExists(path),
    getSourceFile: (path, language, ...rest) => {
      const text = texts.get(path);
      return text === undefined ? files.getSourceFile(path, language, ...rest) : ts.createSourceFile(path, text, language);
    },
  };
  const program = ts.createProgram({
    rootNames: [...texts.keys()],
    options: { ...options, noEmit: true, incremental: false, tsBuildInfoFile: undefined, types: [] },
    host,
  });
  return sources.flatMap((source) => {
    const file = program.getSourceFile(source.file);
    if (file === undefined) return [`${source.block.page}:${source.block.line} was not compiled`];
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => {
      const line = ts.getLineAndCharacterOfPosition(file, diagnostic.start ?? 0).line - source.offset;
      return `${source.block.page}:${source.block.line + line} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
    });
  });
}

it('there are blocks to compile', () => {
  expect(blocks.some(isWhole)).toBe(true);
  expect(blocks.every(isWhole)).toBe(false);
});

it('fragments end with a comma, so that Prettier leaves them alone', () => {
  const open = blocks.filter((block) => !isWhole(block) && !/,\s*(\/\/[^\n]*)?\s*$/.test(block.code));
  expect(open.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
});

it('every block compiles', () => {
  expect(complaints()).toEqual([]);
});
