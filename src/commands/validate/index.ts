/** `npm run test:terraform`: `terraform validate` on every stack. */
import type { Command } from '../../cli/command';

export const validate: Command = {
  name: 'test:terraform',
  usage: '',
  summary: 'Runs `terraform init -backend=false` and `terraform validate` on every stack.',
  help: `Providers come from the registry or mirror that terraform is configured for, or from the folder TERRACE_PLUGIN_DIR,
and are kept in dist/terraform-plugins.

Exit code: 0 every stack is valid, or the test was skipped for the reason on standard output; 1 a stack is invalid.`,
  register: (parser, run) => {
    parser.action(() => run(async (context) => (await import('./validate.ts')).validateStacks(context)));
  },
};
