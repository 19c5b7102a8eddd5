/** `npm run lock`: keeps the address locks up to date. */
import { environmentsArgument, type Command } from '../../cli/command';
import { LOCKS } from '../../checks/address-lock/folder';
import type { LockOptions } from './lock';

export const lock: Command = {
  name: 'lock',
  usage: '-- [options] [environments...]',
  summary: 'Writes the address locks of what must not be lost, and shows what has changed since.',
  help: `Exit code: 0 up to date or written, 1 an environment cannot be synthesised, --check found a difference,
or --base a loss, 2 wrong usage.
More: docs/lock.md`,
  register: (parser, run) => {
    parser
      .addArgument(environmentsArgument())
      .option('--check', 'write nothing, and fail when something has changed', false)
      .option(
        '--base <folder>',
        'the lock files of the base commit; fails for what they lock and this synthesis loses without an allowance',
      )
      .option('--locks <folder>', 'the folder of the address locks', LOCKS)
      .action((patterns: readonly string[], options: LockOptions) =>
        run(async (context) => (await import('./lock.ts')).updateLocks(context, patterns, options)),
      );
  },
};
