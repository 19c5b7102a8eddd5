/** `npm run restore`: something as it was at a time, beside what is live. */
import type { Command } from '../../cli/command';
import { withOperationOptions } from '../../cli/operation-options';
import { OUTPUT } from '../../synthesis/output';
import type { RestoreCommandOptions } from './restore';

export const restore: Command = {
  name: 'restore',
  usage: '-- [options] <environment>',
  summary: 'Restores the database, a file system or a bucket as of a time, beside the live one, and verifies it.',
  help: `Nothing that is live is changed or replaced: what is restored has a name of its own, which is made of the time, so that the
same command continues what an earlier one began. It is charged until --drop removes it.

Examples:
  npm run restore -- shop-prod --list
  npm run restore -- shop-prod --at 2026-01-31T14:05:00Z
  npm run restore -- shop-prod --at 2026-01-31T14:05:00Z --files uploads
  npm run restore -- shop-prod --at 2026-01-31T15:05:00+01:00 --bucket photos --prefix 2026/
  npm run restore -- shop-prod --drop

Exit code: 0 done; 1 refused, or it failed; 2 wrong usage; 3 credentials are missing. More: docs/restore.md`,
  register: (parser, run) => {
    withOperationOptions(parser.argument('<environment>', 'its name'))
      .option('--at <time>', 'a time with its zone, such as 2026-01-31T14:05:00Z')
      .option('--files <key>', 'a file system in place of the database')
      .option('--bucket <key>', 'a bucket in place of the database')
      .option('--prefix <text>', 'with --bucket: only objects whose names begin so', '')
      .option('--host-files', 'on a box: the files of the backup as well, into /data/restored', false)
      .option('--list', 'say what can be restored, and what restores have made', false)
      .option('--drop', 'remove what restores have made; with --at only that of this time', false)
      .option('--output <folder>', 'the synthesised output, next to which local states are', OUTPUT)
      .action((environment: string, options: RestoreCommandOptions) =>
        run(async (context) => (await import('./restore.ts')).restoreCommand(context, environment, options)),
      );
  },
};
