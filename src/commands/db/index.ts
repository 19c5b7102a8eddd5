/** `npm run db`: psql, or a tunnel, to the database of an environment. */
import { InvalidArgumentError } from 'commander';
import type { Command } from '../../cli/command';
import { withStartOptions } from '../../cli/operation-options';
import { OUTPUT } from '../../synthesis/output';
import type { DbOptions } from './db';

export const db: Command = {
  name: 'db',
  usage: '-- [options] <environment> [role] [-- psql arguments...]',
  summary: 'Opens psql on the database of an environment, through a tunnel that no bastion and no open port is needed for.',
  help: `The role is the first that only reads, unless one is named; master is the owner of the server. The tunnel goes through a host or a
node, and on Fargate through a container that uses the database and has exec: true. Every connection of a client goes through it.

Examples:
  npm run db -- shop-prod
  npm run db -- shop-prod app
  npm run db -- shop-prod reports -- -c 'select count(*) from orders'
  npm run db -- shop-prod --tunnel --port 5433

Exit code: 0 psql has ended well, or Ctrl-C closed the tunnel; 1 refused, or the tunnel failed; 2 wrong usage; 3 no psql on this
machine, or no credentials; otherwise that of psql. More: docs/day-two.md`,
  register: (parser, run) => {
    withStartOptions(
      parser
        .argument('<environment>', 'its name')
        .argument('[role...]', 'a database role of the description, or master; then arguments of psql, after a second --')
        .option('--tunnel', 'keep the tunnel open for other programs, and start no psql', false)
        .option('--port <number>', 'the port of this machine; any free one by default', port)
        .option('--replica <key>', 'a read replica in place of the primary')
        .option('--output <folder>', 'the synthesised output', OUTPUT),
      'say what would be opened, and open nothing',
    ).action((environment: string, operands: readonly string[], options: DbOptions) =>
      run(async (context) => (await import('./db.ts')).openDatabase(context, environment, operands, options)),
    );
  },
};

function port(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError('Allowed: a whole number from 1 to 65535.');
}
