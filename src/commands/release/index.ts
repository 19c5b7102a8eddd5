/** `npm run release`: other images for a deployed environment. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from '../../cli/command';
import { withOperationOptions } from '../../cli/operation-options';
import { OUTPUT } from '../../synthesis/output';
import type { ReleaseCommandOptions } from './release';

/** Half an hour: a release of a service that starts slowly, with draining connections, takes ten minutes. */
const TIMEOUT_SECONDS = 1800;

export const release: Command = {
  name: 'release',
  usage: '-- [options] <environment> [images...]',
  summary: 'Releases images that are pushed: migrations first, then services, waited for, and put back when they do not run.',
  help: `Jobs with \`before: 'release'\` run first, with the new image. What fails is put back: the image parameter, and what runs.
Interrupted, the same command goes on, and --back takes it back.

Examples:
  npm run release -- shop-prod api=4f1c2aa --dry-run
  npm run release -- shop-prod api=4f1c2aa worker=4f1c2aa --yes
  npm run release -- shop-prod --list
  npm run release -- shop-prod --back api

Exit code: 0 released, or it runs already; 1 refused, failed and put back, or interrupted; 2 wrong usage; 3 no credentials, or a
package is missing. A job that fails ends the command with its own exit code, before anything is changed. More: docs/images.md`,
  register: (parser, run) => {
    withOperationOptions(parser)
      .argument('<environment>', 'its name')
      .argument('[images...]', '<image>=<tag or digest>, several are one release; with --back and --list names of images')
      .option('--back', 'go back to the images of before; jobs do not run', false)
      .option('--list', 'list the releases of each image', false)
      .option('--policy', 'print an IAM policy with what a release of this environment needs', false)
      .addOption(
        new Option('--timeout <seconds>', 'how long services may take to be steady; 1800 by default')
          .argParser(seconds)
          .default(TIMEOUT_SECONDS),
      )
      .option('--output <folder>', 'the synthesised output, next to which local states are', OUTPUT)
      .action((environment: string, images: readonly string[], options: ReleaseCommandOptions) =>
        run(async (context) => (await import('./release.ts')).release(context, environment, images, options)),
      );
  },
};

function seconds(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed: whole seconds, at least 1.');
}
