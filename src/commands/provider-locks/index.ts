/** `npm run provider-locks`: Terraform's dependency lock files, for every set of providers. */
import type { Command } from '../../cli/command';
import { OUTPUT } from '../../synthesis/output';
import type { ProviderLocksOptions } from './provider-locks';

export const providerLocks: Command = {
  name: 'provider-locks',
  usage: '-- [options]',
  summary: 'Reports which dependency lock files exist; --update creates them, for Linux and macOS on amd64 and arm64.',
  help: 'Exit code: 0 all exist, 1 one is missing or out of date, 2 wrong usage, 3 they cannot be created on this machine. More: docs/ci.md',
  register: (parser, run) => {
    parser
      .option('--update', 'create missing and outdated files; needs terraform and its registry', false)
      .option('--output <folder>', 'the synthesised output', OUTPUT)
      .action((options: ProviderLocksOptions) =>
        run(async (context) => (await import('./provider-locks.ts')).checkProviderLocks(context, options)),
      );
  },
};
