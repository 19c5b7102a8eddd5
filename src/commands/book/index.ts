/** `npm run book`: what an environment is, as a page for people. */
import { environmentsArgument, type Command } from '../../cli/command';
import type { BookOptions } from './book';

export const book: Command = {
  name: 'book',
  usage: '-- [options] [environments...]',
  summary:
    'Writes a page about each environment: drawn architecture, access, data, schedules, alarms, cost, commands; and an index.',
  help: `Each page is one file that loads nothing from a network. It is written from the synthesised JSON and the description; nothing
is asked of AWS, and the same description results in the same bytes.

Examples:
  npm run book -- --open
  npm run book -- 'webrana-*' --out /tmp/webrana
  npm run book -- h2o-prod --svg

Exit code: 0 written, 1 an environment cannot be synthesised, 2 wrong usage, 3 --png without Chromium or --open without a
program that opens files. More: docs/book.md`,
  register: (parser, run) => {
    parser
      .addArgument(environmentsArgument())
      .option('--out <folder>', 'where the files are written', 'cdktf.out/book')
      .option('--open', 'open the index, or the page of the only environment', false)
      .option('--svg', 'only the picture of each environment, as SVG', false)
      .option('--png', 'only the picture of each environment, as PNG; needs Chromium', false)
      .action((patterns: readonly string[], options: BookOptions) =>
        run(async (context) => (await import('./book.ts')).writeBooks(context, patterns, options)),
      );
  },
};
