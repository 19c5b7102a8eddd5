/** `npm run destroy`: the stacks of an environment, in reverse order. */
import type { Command } from '../../cli/command';
import { withOperationOptions } from '../../cli/operation-options';
import { OUTPUT } from '../../synthesis/output';
import type { DestroyOptions } from './destroy';

export const destroy: Command = {
  name: 'destroy',
  usage: '-- [options] <environment> [stacks...]',
  summary: 'Destroys the stacks of an environment in reverse order, after it has looked for everything that stands in the way.',
  help: `It refuses an environment with protect, one that names of a shared zone lead to, one with previews, and one whose outputs others
have read. At a terminal the name of the environment has to be typed. --dry-run lists what would go.

Examples:
  npm run destroy -- shop-dev --dry-run
  npm run destroy -- shop-dev
  npm run destroy -- shop-dev edge observability
  npm run destroy -- shop-dev --empty --yes

Exit code: 0 everything is destroyed; 1 refused, failed or interrupted; 2 wrong usage, or no terminal to answer on; 3 terraform or
credentials are missing. More: docs/deploy.md#destroying-an-environment`,
  register: (parser, run) => {
    withOperationOptions(parser)
      .argument('<environment>', 'its name, or the id of a stack of a shared zone')
      .argument('[stacks...]', "kinds, ids or globs, such as edge or 'compute-*'")
      .option('--empty', 'delete what is in buckets, repositories and backup vaults that Terraform does not empty', false)
      .option('-o, --output <folder>', 'the synthesised output', OUTPUT)
      .action((name: string, stacks: readonly string[], options: DestroyOptions) =>
        run(async (context) => (await import('./destroy.ts')).destroyEnvironment(context, name, stacks, options)),
      );
  },
};
