/** `npm run tryout`: deploys an environment to an emulator and destroys it again. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from '../../cli/command';
import type { ProviderVersions } from './override';
import type { TryoutOptions } from './tryout';

export const tryout: Command = {
  name: 'tryout',
  usage: '-- <environment> [options]',
  summary:
    "Deploys an environment's stacks to an AWS emulator on this machine, with the real Terraform, and destroys them again.",
  help: `Without --endpoint, moto is installed from PyPI into .terrace/ (once) and started for the run.
Providers come from terraform's registry or mirror, or from the folder TERRACE_PLUGIN_DIR.

Examples:
  npm run tryout -- h2o-dev
  npm run tryout -- infrar-local --endpoint http://localhost:4566

Exit code: 0 every difference from AWS is a known gap of the emulator, 1 another difference, 2 wrong usage,
3 something that is needed is unavailable on this machine. More: docs/tryout.md`,
  register: (parser, run) => {
    parser
      .argument('<environment>', 'its name')
      .option('--endpoint <url>', 'an emulator that is already running: LocalStack, ministack, moto', parseUrl)
      .addOption(new Option('--emulator <name>', 'the emulator at --endpoint, whose known gaps are recognised').choices(['moto']))
      .option(
        '--provider-version <name=version>',
        'use another version of a provider, and report what it cannot try',
        collectVersion,
        {},
      )
      .action((name: string, options: TryoutOptions) =>
        run(async (context) => (await import('./tryout.ts')).tryEnvironment(context, name, options)),
      );
  },
};

function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new InvalidArgumentError('write a URL such as http://127.0.0.1:4566');
  if (new URL(text).hostname.includes('.amazonaws.com'))
    throw new InvalidArgumentError('that is AWS itself; the try-out is for emulators');
  return text.replace(/\/$/, '');
}

function collectVersion(text: string, earlier: ProviderVersions): ProviderVersions {
  const [, name, version] = /^([a-z]+)=(\d+\.\d+\.\d+)$/.exec(text) ?? [];
  if (name === undefined || version === undefined) throw new InvalidArgumentError('write name=version, such as aws=6.25.0');
  return { ...earlier, [name]: version };
}
