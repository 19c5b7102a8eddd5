/** `npm run docs`: writes every generated page. */
import type { Command } from '../../cli/command';
import type { DocsOptions } from './docs';

export const docs: Command = {
  name: 'docs',
  usage: '-- [options]',
  summary: 'Writes the generated pages: rules, alarms, policy exceptions and figures, costs, and the reference of all fields.',
  help: `The policy figures need checkov, which \`npm run policy\` installs; without it they stay as they are.

Exit code: 0 every page is current or was written, 1 --check found one that is not, 2 wrong usage.`,
  register: (parser, run) => {
    parser
      .option('--check', 'write nothing, and fail when a page is not current', false)
      .action((options: DocsOptions) => run(async (context) => (await import('./docs.ts')).writeDocs(context, options)));
  },
};
