/** Writes generated pages, or checks that they are current. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CommandContext } from '../../cli/command';
import { Unavailable } from '../../cli/errors';
import type { Page } from './page';
import { PAGES } from './pages';

export interface DocsOptions {
  /** Write nothing, and fail when a page is not current. */
  readonly check: boolean;
}

/** @returns 0 when every page is current or was written, 1 when `check` found one that is not */
export async function writeDocs(context: CommandContext, { check }: DocsOptions, pages: readonly Page[] = PAGES): Promise<0 | 1> {
  let outdated = 0;
  for (const path of new Set(pages.map((page) => page.path))) {
    const present = existsSync(path) ? readFileSync(path, 'utf8') : '';
    let text = present;
    for (const page of pages.filter((one) => one.path === path)) text = await rendered(page, text, context);
    if (text === present) continue;
    outdated += 1;
    context.io.stdout.write(check ? `${path} is not current: run \`npm run docs\`\n` : `${path} written\n`);
    if (check) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (outdated === 0) context.io.stdout.write('every generated page is current\n');
  return check && outdated > 0 ? 1 : 0;
}

async function rendered({ path, render }: Page, present: string, context: CommandContext): Promise<string> {
  try {
    return await render(present, context);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    context.io.stderr.write(`${path}: a generated section stays as it is: ${error.message}\n`);
    return present;
  }
}
