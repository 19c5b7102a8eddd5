/** `npm run test:terraform`: `terraform validate` on every stack. */
import type { Command } from '../../cli/command';
import type { ValidateOptions } from './validate';

export const validate: Command = {
  name: 'test:terraform',
  usage: '-- [options]',
  summary: 'Runs `terraform init -backend=false` and `terraform validate` on every stack.',
  help: `Providers come from the registry or mirror that terraform is configured for, or from the folder TERRACE_PLUGIN_DIR,
and are kept in dist/terraform-plugins.

Exit code: 0 every stack is valid, or the test was skipped for the reason on standard output; 1 a stack is invalid; 2 wrong usage; 3
it was skipped with --required.`,
  register: (parser, run) => {
    parser
      .option('--required', 'fail where terraform or the providers are unavailable, instead of skipping', false)
      .action((options: ValidateOptions) =>
        run(async (context) => (await import('./validate.ts')).validateStacks(context, options)),
      );
  },
};
