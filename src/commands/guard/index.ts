/** `npm run guard`: judges plans before they are applied. */
import { Option } from 'commander';
import type { Command } from '../../cli/command';
import type { GuardOptions } from './guard';

export const guard: Command = {
  name: 'guard',
  usage: '-- [options] <plan.json...>',
  summary: 'Fails when a plan loses what holds data, opens something to others, or weakens what protects it.',
  help: 'Exit code: 0 all plans may be applied, 1 one is refused, 2 one cannot be judged, or wrong usage. More: docs/guard.md',
  register: (parser, run) => {
    parser
      .argument(
        '<plans...>',
        'output of `terraform show -json`, named <stack>.json or in the folder stacks/<stack>; - is standard input',
      )
      .option('--allow <file>', 'the reviewed exceptions (default: guard-allow.yaml, if it exists)')
      .option('--stack <id>', 'the stack of the plan, where its file does not show it')
      .option('--account <id>', 'the account of the plan, where the plan does not show it')
      .addOption(
        new Option('--format <format>', 'the format of the report').choices(['text', 'markdown', 'json']).default('text'),
      )
      .action((plans: readonly string[], options: GuardOptions) =>
        run(async (context) => (await import('./guard.ts')).judgePlans(context, plans, options)),
      );
  },
};
