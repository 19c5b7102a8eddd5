/** `npm run cost`: what environments cost in a month. */
import { Option } from 'commander';
import { environmentsArgument, type Command } from '../../cli/command';
import type { CostCommandOptions } from './cost';

export const cost: Command = {
  name: 'cost',
  usage: '-- [options] [environments...]',
  summary:
    'What environments cost in a month, calculated from their synthesised resources: by stack and by kind, fixed and by usage.',
  help: `Prices are those of src/cost/prices/prices.json; nothing is asked of AWS. A charge without a price is listed as unknown and is
not in the total.

Examples:
  npm run cost -- h2o-prod
  npm run cost -- 'webrana-*' --markdown
  npm run cost -- h2o-prod --advise
  npm run cost -- --diff main

Exit code: 0 printed, 1 an environment cannot be synthesised or --diff cannot be read, 2 wrong usage. More: docs/cost.md`,
  register: (parser, run) => {
    parser
      .addArgument(environmentsArgument())
      .addOption(new Option('--json', 'as JSON, with every charge').default(false).conflicts('markdown'))
      .option('--markdown', 'as Markdown', false)
      .option('--free-tier', "subtract AWS's permanent free tier", false)
      .option('--diff <before>', 'compare with a Git revision, or with a file that --json wrote earlier')
      .addOption(
        new Option('--advise', 'the three largest savings, each with the field to change and its risk')
          .default(false)
          .conflicts(['diff', 'json']),
      )
      .action((patterns: readonly string[], options: CostCommandOptions) =>
        run(async (context) => (await import('./cost.ts')).printCost(context, patterns, options)),
      );
  },
};
