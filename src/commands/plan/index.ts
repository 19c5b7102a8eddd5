/** `npm run plan`: what a deployment would change. */
import type { Command } from '../../cli/command';
import { withReadOptions } from '../../cli/operation-options';
import { OUTPUT } from '../../synthesis/output';
import type { PlanOptions } from './plan';

export const plan: Command = {
  name: 'plan',
  usage: '-- [options] <environment> [stacks...]',
  summary: 'Plans the stacks of an environment in deploy order, has the guard judge each plan, and changes nothing.',
  help: `Stacks are named by kind (data, compute), by id or by a glob; all of the environment by default. A stack that belongs to no
environment (zone-shop-example, bootstrap-shop) is named in its place. Nothing is locked. Values that are secret are masked.

Examples:
  npm run plan -- shop-prod
  npm run plan -- shop-prod data compute --json
  npm run plan -- zone-shop-example
  npm run plan -- shop-dev --first

Exit code: 0 every plan may be applied, or is made later; 1 the guard refuses one, or it failed; 2 wrong usage; 3 terraform is
missing. More: docs/deploy.md, docs/first-plan.md`,
  register: (parser, run) => {
    withReadOptions(parser)
      .argument('<environment>', 'its name, or the id of a shared stack')
      .argument('[stacks...]', "kinds, ids or globs, such as data or 'compute-*'")
      .option('--first', 'plan a system that is not deployed: assume what its stacks read of each other', false)
      .option('-o, --output <folder>', 'the synthesised output', OUTPUT)
      .action((name: string, stacks: readonly string[], options: PlanOptions) =>
        run(async (context) => (await import('./plan.ts')).planEnvironment(context, name, stacks, options)),
      );
  },
};
