/** Synthesises, collects what the pages are written from, and writes them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawArchitecture } from '../../book/diagram';
import type { Book, Draw } from '../../book/book';
import { environmentPage } from '../../book/environment-page';
import { bookFile, indexPage } from '../../book/index-page';
import { readEnvironmentExceptions } from '../../checks/policy/environment-exceptions';
import type { CommandContext } from '../../cli/command';
import { selectNames } from '../../cli/select';
import { costOf } from '../../cost/calculate';
import { inputOf } from '../../cost/input';
import { reportOf, type GroupReport } from '../../cost/report/json';
import { synthesiseModules, type ModuleGroup } from '../../synthesis/modules';
import { acknowledgedRisks } from './acknowledged';
import { savePng } from './chromium';
import { readAssumptions } from './environment-source';
import { openFile } from './open';

export interface BookOptions {
  readonly out: string;
  readonly open: boolean;
  readonly svg: boolean;
  readonly png: boolean;
}

/** Writes the pages, or the pictures alone. @returns 1 when an environment was refused, after writing the others */
export async function writeBooks(
  context: CommandContext,
  patterns: readonly string[],
  { out, open, svg, png }: BookOptions,
  draw: Draw = drawArchitecture,
): Promise<0 | 1> {
  const { io, files } = context;
  const { groups, failed } = await synthesiseModules(context, selectNames(Object.keys(files), patterns));
  const books: Book[] = [];
  for (const group of groups) {
    const book = await bookOf(context, group, { draw, groups });
    if (book !== undefined) books.push(book);
  }
  mkdirSync(out, { recursive: true });
  const pictures = svg || png;
  const written = pictures ? writePictures(out, books, { svg, png, path: io.env.PATH ?? '' }) : writePages(out, books);
  for (const file of written) io.stdout.write(`${file}\n`);
  for (const { report } of failed) io.stderr.write(`\n${report}\n`);
  const [first, second] = written;
  if (open && !pictures && first !== undefined) openFile(second !== undefined && books.length === 1 ? second : first, io.env);
  return failed.length > 0 ? 1 : 0;
}

interface BookContext {
  readonly draw: Draw;
  /** Every group of this run, among them the shared zones. */
  readonly groups: readonly ModuleGroup[];
}

async function bookOf({ files }: CommandContext, group: ModuleGroup, { draw, groups }: BookContext): Promise<Book | undefined> {
  const { name, environment, modules } = group;
  if (environment === undefined) return undefined;
  const { domain } = environment;
  const zone = domain?.kind === 'shared' ? groups.find((one) => one.name === domain.stacks.zone)?.modules : undefined;
  return {
    environment,
    modules,
    cost: costReportOf(group),
    risks: acknowledgedRisks((await files[name]?.())?.default),
    exceptions: readEnvironmentExceptions().filter(({ environments }) => environments.includes(name)),
    assumptions: readAssumptions(name),
    picture: await draw({ name, stacks: new Map(Object.entries({ ...zone, ...modules })) }),
  };
}

function costReportOf(group: ModuleGroup): GroupReport {
  const { groups } = reportOf([{ cost: costOf(inputOf(group)), budgetUsd: group.environment?.cost.limit?.monthlyUsd }], false);
  return groups[0] as GroupReport;
}

/** @returns the index first */
function writePages(out: string, books: readonly Book[]): readonly string[] {
  if (books.length === 0) return [];
  return [
    write(join(out, 'index.html'), indexPage(books)),
    ...books.map((book) => write(join(out, bookFile(book.environment.identity.environment)), environmentPage(book))),
  ];
}

interface PictureOptions {
  readonly svg: boolean;
  readonly png: boolean;
  /** The variable `PATH`. */
  readonly path: string;
}

function writePictures(out: string, books: readonly Book[], { svg, png, path }: PictureOptions): readonly string[] {
  return books.flatMap(({ environment, picture }) => {
    const file = join(out, environment.identity.environment);
    return [...(svg ? [write(`${file}.svg`, picture.svg)] : []), ...(png ? [savePng(`${file}.png`, picture, path)] : [])];
  });
}

function write(path: string, text: string): string {
  writeFileSync(path, text);
  return path;
}
