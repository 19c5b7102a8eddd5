/** `npm run synth`, and the same program as the cdktf CLI starts it. */
import { Option } from 'commander';
import { environmentsArgument, type Command } from '../../cli/command';
import { LOCKS } from '../../checks/address-lock/folder';
import { ALONE } from '../../synthesis/further-processes';
import { OUTPUT } from '../../synthesis/output';
import type { SynthOptions } from './synth';

export const synth: Command = {
  name: 'synth',
  usage: '-- [options] [environments...]',
  summary: 'Writes the Terraform of environments, one root module for each stack, and reports what was written.',
  help: `Settings (environment variables):
  TERRACE_BACKEND=local   keep every state in a local file, to try an environment without its state store
  TERRACE_DEBUG=1         show the stack trace of an internal error

Examples:
  npm run synth
  npm run synth -- h2o-prod 'infrar-*'
  TERRACE_BACKEND=local npm run synth -- h2o-dev

Exit code: 0 everything was written, 1 something was not, 2 wrong usage. More: docs/synth.md`,
  register: (parser, run) => {
    parser
      .addArgument(environmentsArgument("names or globs, such as h2o-prod or 'infrar-*'; every environment by default"))
      .option('--hcl', 'write HCL instead of JSON; a stack that HCL cannot express is refused', false)
      .option('-o, --output <folder>', 'the folder to write to', OUTPUT)
      .option('--locks <folder>', 'the folder of the address locks', LOCKS)
      .option('--no-cache', 'build every group, also what has not changed since an earlier run')
      .addOption(new Option(ALONE, 'build everything in this process').default(false).hideHelp())
      .addOption(new Option('--for-cdktf', 'as cdktf.json starts it').default(false).hideHelp())
      .action((patterns: readonly string[], options: SynthOptions) =>
        run(async (context) => {
          const { synthesiseForCdktf, synthesiseForPerson } = await import('./synth.ts');
          return options.forCdktf ? synthesiseForCdktf(context, options) : synthesiseForPerson(context, patterns, options);
        }),
      );
  },
};
