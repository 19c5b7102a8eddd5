/** `npm run deploy`: stack by stack, exactly the plans that were shown. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from '../../cli/command';
import { withOperationOptions } from '../../cli/operation-options';
import { OUTPUT } from '../../synthesis/output';
import type { DeployOptions } from './deploy';

export const deploy: Command = {
  name: 'deploy',
  usage: '-- [options] <environment> [stacks...]',
  summary:
    'Deploys the stacks of an environment in order: plans each, has the guard judge the plan, shows it, asks, and applies it.',
  help: `Stacks are named by kind (data, compute), by id or by a glob; all of the environment by default. A stack that belongs to no
environment (zone-shop-example, bootstrap-shop) is named in its place.
It stops at the first plan that the guard refuses, at a failure and at Ctrl-C; the same command goes on from there.
The first time it stops before the containers while a secret has no value or an image is missing, and creates the logins of the
database before services start.

Examples:
  npm run deploy -- shop-prod
  npm run deploy -- shop-prod data compute --yes
  npm run deploy -- shop-prod --yes --until 60
  npm run deploy -- zone-shop-example

Exit code: 0 everything is deployed; 1 refused, failed, interrupted or something is missing; 2 wrong usage, or no terminal to
answer on; 3 terraform or credentials are missing. More: docs/deploy.md`,
  register: (parser, run) => {
    withOperationOptions(parser)
      .argument('<environment>', 'its name, or the id of a shared stack')
      .argument('[stacks...]', "kinds, ids or globs, such as data or 'compute-*'")
      .addOption(
        new Option('--until <minutes>', 'how long to wait for values of secrets and for images, the first time').argParser(
          minutes,
        ),
      )
      .option('-o, --output <folder>', 'the synthesised output', OUTPUT)
      .action((name: string, stacks: readonly string[], options: DeployOptions) =>
        run(async (context) => (await import('./deploy.ts')).deployEnvironment(context, name, stacks, options)),
      );
  },
};

function minutes(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed: a whole number of minutes from 1 to 9999.');
}
