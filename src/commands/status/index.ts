/** `npm run status`: how a deployed environment is, on one screen. */
import { InvalidArgumentError } from 'commander';
import type { Command } from '../../cli/command';
import { withReadOptions } from '../../cli/operation-options';
import { OUTPUT } from '../../synthesis/output';
import type { StatusCommandOptions } from './status';

/** A look makes about twenty requests. */
const FEWEST_SECONDS = 5;
const DEFAULT_SECONDS = 30;

export const status: Command = {
  name: 'status',
  usage: '-- [options] <environment>',
  summary: 'How a deployed environment is: stacks, services, jobs, alarms, certificates, backups, cost. One screen; only reads.',
  help: `ok is fine, -- is to know, !! is wrong, ?? could not be read. Cost is asked of Cost Explorer, for $0.01 a look: --no-cost leaves
it out, and --watch asks once.

Examples:
  npm run status -- shop-prod
  npm run status -- shop-prod --watch
  npm run status -- shop-prod --json --no-cost

Exit code: 0 nothing is wrong, or --watch was ended with Ctrl-C; 1 something is wrong or could not be read; 2 wrong usage.
More: docs/status.md`,
  register: (parser, run) => {
    withReadOptions(parser)
      .argument('<environment>', 'its name')
      .option('--watch [seconds]', `look again every ${DEFAULT_SECONDS} seconds, or as often as it says`, seconds)
      .option('--no-cost', 'do not ask what this month has cost')
      .option('-o, --output <folder>', 'the synthesised output', OUTPUT)
      .action((name: string, options: StatusCommandOptions) =>
        run(async (context) => (await import('./status.ts')).showStatus(context, name, options)),
      );
  },
};

function seconds(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= FEWEST_SECONDS) return Number(text);
  throw new InvalidArgumentError(`Allowed: a whole number of seconds from ${FEWEST_SECONDS}.`);
}
