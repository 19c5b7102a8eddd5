/** `npm run shell`: a shell, or a command, in a running container or on a host. */
import type { Command } from '../../cli/command';
import { withStartOptions } from '../../cli/operation-options';
import { OUTPUT } from '../../synthesis/output';
import type { ShellOptions } from './shell';

export const shell: Command = {
  name: 'shell',
  usage: '-- [options] <environment> <service|worker|host> [-- command...]',
  summary: 'Opens a shell in a running container or on a host, or runs a command there; the same on every tier.',
  help: `A container needs exec: true in the description. Without a command it is an interactive shell, in which Ctrl-C belongs to the
program that runs there. No command line of AWS or Kubernetes and no Session Manager plugin is needed.

Examples:
  npm run shell -- shop-prod api
  npm run shell -- shop-prod api --task 3f2a1c -- bin/console
  npm run shell -- shop-prod api -- sh -c 'ls /tmp | wc -l'
  npm run shell -- shop-mvp host

Exit code: 0 the shell has ended; that of the command; 1 refused, or the session failed; 2 wrong usage; 3 no credentials.
More: docs/day-two.md`,
  register: (parser, run) => {
    withStartOptions(
      parser
        .argument('<environment>', 'its name')
        .argument('[place]', 'the key of a service or worker, or host')
        .argument('[command...]', 'a program and its arguments, after a second --')
        .option(
          '--task <id>',
          'which of several: the beginning of the id of a task or host, or of the name of a pod; the newest by default',
        )
        .option('--output <folder>', 'the synthesised output', OUTPUT),
      'say what would be opened, and open nothing',
    ).action((environment: string, place: string | undefined, command: readonly string[], options: ShellOptions) =>
      run(async (context) => (await import('./shell.ts')).shellIn(context, environment, place, command, options)),
    );
  },
};
