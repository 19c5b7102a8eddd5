/** `npm run prices`: the table of prices. */
import type { Command } from '../../cli/command';
import type { PricesOptions } from './prices';

export const prices: Command = {
  name: 'prices',
  usage: '-- [options]',
  summary: 'The prices that costs are calculated with; with --check, what is missing or old for the environments.',
  help: `Exit code: 0 printed, or nothing is missing; 1 --check found a charge without a price, 2 wrong usage. How to add a price or a
region: docs/cost.md`,
  register: (parser, run) => {
    parser
      .option('--check', 'list what the environments need and the table lacks, and what is older than a year', false)
      .action((options: PricesOptions) => run(async (context) => (await import('./prices.ts')).printPrices(context, options)));
  },
};
