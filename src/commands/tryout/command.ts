/** `npm run tryout`: the command line of the try-out. */
import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from '../commands';
import type { Io } from '../../cli/io';
import type { EnvironmentFiles } from '../../synthesis/load';
import { selectNames } from '../../cli/select';
import type { EMULATORS } from './known-gaps';
import type { ProviderVersions } from './override';

interface Options {
  readonly endpoint?: string;
  readonly emulator?: keyof typeof EMULATORS;
  readonly providerVersion: ProviderVersions;
}

const HELP = `
Without --endpoint, moto is installed from PyPI into .terrace/ (once) and started for the run.
Providers come from terraform's registry or mirror, or from the folder TERRACE_PLUGIN_DIR.

Examples:
  npm run tryout -- h2o-dev
  npm run tryout -- infrar-local --endpoint http://localhost:4566

Exit code: 0 everything is as on AWS, or a known gap of the emulator; 1 something is not; 2 the command was used wrongly;
3 it cannot be tried on this machine, and the one line on standard error says why.`;

/** Adds the command to the program. */
export function addTryout(program: Command, { files, io, finish }: CommandContext): void {
  program
    .command('tryout')
    .usage('-- <environment> [options]')
    .description(
      "Deploys an environment's stacks to an emulator of AWS on this machine, with real Terraform, and destroys them again.",
    )
    .argument('<environment>', 'its name')
    .option('--endpoint <url>', 'an emulator that is already running: LocalStack, ministack, moto', parseUrl)
    .option('--emulator <name>', 'which one runs at --endpoint, so that its known gaps are told apart (moto)')
    .option(
      '--provider-version <name=version>',
      'use this version of a provider, and tell what of the stacks it cannot try',
      collectVersion,
      {},
    )
    .addHelpText('after', HELP)
    .action(async (name: string, options: Options) => finish(await tryout(files, name, options, io)));
}

function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new InvalidArgumentError('it has to be a URL such as http://127.0.0.1:4566');
  if (new URL(text).hostname.includes('.amazonaws.com'))
    throw new InvalidArgumentError('that is AWS itself; the try-out is for emulators');
  return text.replace(/\/$/, '');
}

function collectVersion(text: string, earlier: ProviderVersions): ProviderVersions {
  const [, name, version] = /^([a-z]+)=(\d+\.\d+\.\d+)$/.exec(text) ?? [];
  if (name === undefined || version === undefined) throw new InvalidArgumentError('write name=version, such as aws=6.25.0');
  return { ...earlier, [name]: version };
}

async function tryout(files: EnvironmentFiles, name: string, options: Options, io: Io): Promise<number> {
  const [environment] = selectNames(Object.keys(files), [name]);
  const { tryOut } = await import('./run.ts');
  const { Unavailable } = await import('./unavailable.ts');
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  try {
    const explained = await tryOut({
      files,
      environment: environment as string,
      endpoint: options.endpoint,
      emulator: options.emulator,
      versions: options.providerVersion,
      io,
      signal: interrupted.signal,
      home: '.terrace/tryout',
      pluginCache: 'dist/terraform-plugins',
    });
    return explained ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    io.stderr.write(`tryout: cannot be done here: ${error.message}\n`);
    return 3;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}
