/** `npm run move`: from tier to tier, a database from a host to RDS, and from environment to environment. */
import { InvalidArgumentError } from 'commander';
import type { Command } from '../../cli/command';
import { withOperationOptions } from '../../cli/operation-options';
import { OUTPUT } from '../../synthesis/output';
import type { MoveOptions } from './move';

export const move: Command = {
  name: 'move',
  usage: '-- [options] <environment>',
  summary: 'Moves an environment to another tier, its database to RDS, or everything to another environment, and loses nothing.',
  help: `It goes through phases, records each in a journal next to the states, and can be stopped and continued at any moment.
Where the description has to change, it says file, line and value, and stops; the same command continues afterwards.
After the phase "watch" it stops: --finish ends the move, --back takes it back.
With --live the new database follows the old one over a network route that exists for the move only, and writes are refused for
seconds. Without it, writes are refused for as long as a dump and its restore take.

Examples:
  npm run move -- shop-prod --dry-run
  npm run move -- shop-prod
  npm run move -- shop-mvp --live
  npm run move -- shop-mvp --to shop-growth --secrets
  npm run move -- shop-mvp --status
  npm run move -- shop-mvp --back

Exit code: 0 done, or waiting for a change of the description; 1 refused, or it failed; 2 wrong usage; 3 terraform, credentials
or the network are missing. More: docs/moving.md`,
  register: (parser, run) => {
    withOperationOptions(parser)
      .argument('<environment>', 'its name; of a move to another environment, the one that serves before')
      .option('--to <environment>', 'the environment that serves afterwards')
      .option('--live', 'let the new database follow the old one, so that writes are refused for seconds only', false)
      .option('--secrets', 'carry over the values of secrets that differ', false)
      .option('--leave <thing>', 'what may stay behind, such as file-system/uploads; may be repeated', repeated, [])
      .option('--watch <minutes>', 'how long the new side is watched', minutes, 10)
      .option('--status', 'show where the move stands, and change nothing', false)
      .option('--back', 'take everything back that was done', false)
      .option('--discard-writes', 'with --back: give up what was written to the new side since the switch', false)
      .option('--finish', 'end the move; there is no way back afterwards', false)
      .option('--take-over', 'continue although somebody else seems to run it', false)
      .option('--output <folder>', 'the synthesised output', OUTPUT)
      .action((environment: string, options: MoveOptions) =>
        run(async (context) => (await import('./move.ts')).moveEnvironment(context, environment, options)),
      );
  },
};

function repeated(text: string, earlier: readonly string[]): readonly string[] {
  if (/^(bucket|file-system|queue|cache|secret|database)\/[a-z0-9][a-z0-9-]*$/.test(text)) return [...earlier, text];
  throw new InvalidArgumentError('Allowed: bucket/, file-system/, queue/, cache/, secret/ or database/ and a name.');
}

function minutes(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 1440) return number;
  throw new InvalidArgumentError('Allowed: a whole number from 1 to 1440.');
}
