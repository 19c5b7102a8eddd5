/** `npm run preview`: a short-lived copy of an environment for a pull request. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from '../../cli/command';
import { LARGEST_PREVIEW_NUMBER } from '../../config/names';
import { OUTPUT } from '../../synthesis/output';
import type { PreviewCommandOptions } from './preview';

export const preview: Command = {
  name: 'preview',
  usage: '-- [options] [environment]',
  summary: 'Deploys, lists and destroys previews: copies of an environment for pull requests, on its load balancer and server.',
  help: `Without --yes nothing is changed: it plans, has the guard judge the plan, and says what the preview costs.
It needs terraform and the rights of the environment's apply role. Jobs run in AWS, and their lines are shown meanwhile: after Ctrl-C
a job goes on, and the same command continues. --list needs no terraform.

Examples:
  npm run preview -- shop-dev --pr 12
  npm run preview -- shop-dev --pr 12 --image api=pr-12-3f2a1c --yes
  npm run preview -- shop-dev --pr 12 --destroy --yes
  npm run preview -- --list
  npm run preview -- --expired --yes

Exit code: 0 done; 1 refused, or it failed; 2 wrong usage; 3 terraform or credentials are missing. More: docs/previews.md`,
  register: (parser, run) => {
    parser
      .argument('[environment]', 'its name; with --list and --expired every environment with previews by default')
      .option('--pr <number>', 'the pull request', pullRequest)
      .addOption(new Option('--image <name=tag>', 'tag or digest of a declared image; may be repeated').argParser(image))
      .option('--destroy', 'destroy the preview, its database and its files', false)
      .option('--list', 'list the previews that exist', false)
      .option('--expired', 'destroy the previews that are older than the environment allows', false)
      .option('--yes', 'apply or destroy; without it everything is only planned', false)
      .option('--synth-only', 'write the Terraform JSON and stop; needs no terraform', false)
      .option('--json', 'print the result as JSON', false)
      .option('--output <folder>', 'the synthesised output', OUTPUT)
      .action((environment: string | undefined, options: PreviewCommandOptions) =>
        run(async (context) => (await import('./preview.ts')).previews(context, environment, options)),
      );
  },
};

function pullRequest(text: string): number {
  const number = /^[1-9]\d*$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= LARGEST_PREVIEW_NUMBER) return number;
  throw new InvalidArgumentError(`Allowed: a whole number from 1 to ${LARGEST_PREVIEW_NUMBER}.`);
}

function image(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name, tag] = /^([a-z][a-z0-9-]*)=(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/.exec(text) ?? [];
  if (name !== undefined && tag !== undefined) return { ...earlier, [name]: tag };
  throw new InvalidArgumentError('Allowed: the name of a declared image and its tag or digest, such as api=pr-12.');
}
