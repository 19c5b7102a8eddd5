/** `npm run run`: runs a job of an environment and ends with its exit code. */
import { withStartOptions } from '../../cli/operation-options';
import type { Command } from '../../cli/command';
import { OUTPUT } from '../../synthesis/output';
import type { RunOptions } from './run';

export const run: Command = {
  name: 'run',
  usage: '-- [options] <environment> <job>',
  summary: 'Runs a job of an environment, shows its lines meanwhile, and ends with its exit code; the same on every tier.',
  help: `Ctrl-C ends the watching, not the run: a migration that is stopped half-way is worse than one that is not watched.

Examples:
  npm run run -- shop-prod migrate
  npm run run -- shop-prod migrate --image 3f2a1c
  npm run run -- shop-prod report --detach

Exit code: 0 the job succeeded, or was started with --detach; that of the job; 70 a call failed, not the job; 75 another run is
active, nothing was started; 130 interrupted, the run goes on; 1 unknown names; 2 wrong usage; 3 no credentials.
More: docs/day-two.md`,
  register: (parser, start) => {
    withStartOptions(
      parser
        .argument('<environment>', 'its name')
        .argument('[job]', "the key of a job, or one of Terrace's own, such as database-init")
        .option('--image <tag>', 'a tag or digest in the repository of the image of the job, in place of the released one')
        .option('--detach', 'start it, and do not wait', false)
        .option('--output <folder>', 'the synthesised output', OUTPUT),
      'say what would be run, and start nothing',
    ).action((environment: string, job: string | undefined, options: RunOptions) =>
      start(async (context) => (await import('./run.ts')).runJob(context, environment, job, options)),
    );
  },
};
