/** The command line: `npm run synth`, and the same program as the cdktf CLI starts it. */
import { Command, CommanderError } from 'commander';
import { addCommands } from '../commands/commands';
import { inspectOutput } from '../commands/synth/inspect';
import { LOCKS } from '../commands/addresses/lock-file';
import { PROVIDER_LOCKS } from '../terraform/provider-lock-set';
import { recordVolumes } from '../commands/record-volumes/record';
import { CommandError } from './command-error';
import { describeFault } from './fault';
import type { Io } from './io';
import { backendOverride, type EnvironmentFiles } from '../synthesis/load';
import { reportGroup, reportNextSteps, reportTotals } from '../commands/synth/report';
import { run, type RunOutcome } from '../synthesis/run';
import { selectNames } from './select';
import type { Format } from '../synthesis/synthesise';

const DEFAULT_OUTPUT = 'cdktf.out';

interface SynthOptions {
  readonly hcl: boolean;
  readonly output: string;
  readonly locks: string;
}

/**
 * Runs a command and never throws.
 * @returns the exit code: 0 when everything was written, 1 when something was not, 2 for a command used wrongly
 */
export async function runProgram(files: EnvironmentFiles, args: readonly string[], io: Io = process): Promise<number> {
  try {
    if (args.length === 0 && isStartedByCdktf(io.env)) return await synthForCdktf(files, io);
    return await runCommand(files, args, io);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.stderr.write(`${error instanceof CommandError ? error.message : describeFault(error)}\n`);
    return error instanceof CommandError ? error.exitCode : 1;
  }
}

/** The cdktf CLI says where it wants the output; nobody else does. */
function isStartedByCdktf({ CDKTF_OUTDIR, CDKTF_CONTEXT_JSON }: Io['env']): boolean {
  return CDKTF_OUTDIR !== undefined || CDKTF_CONTEXT_JSON !== undefined;
}

/** Everything, quietly: the CLI shows standard error only when this fails. */
async function synthForCdktf(files: EnvironmentFiles, { stderr, env }: Io): Promise<number> {
  const outcome = await run({
    files,
    selected: Object.keys(files),
    outdir: env.CDKTF_OUTDIR ?? DEFAULT_OUTPUT,
    format: formatOf(false, env),
    backend: backendOverride(env.TERRACE_BACKEND),
    progress: { write: () => undefined },
    removeGone: false,
    inspect: inspectOutput(LOCKS),
    providerLocks: PROVIDER_LOCKS,
  });
  const refused = outcome.groups.flatMap((group) =>
    group.refused.map(({ id, reason }) => `${id} cannot be written as HCL: ${reason}`),
  );
  for (const report of [...outcome.failed.map((failure) => failure.report), ...refused]) stderr.write(`${report}\n`);
  return exitCodeOf(outcome);
}

async function runCommand(files: EnvironmentFiles, args: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const program = new Command('npm run')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showHelpAfterError('(npm run synth -- --help shows how it is used)');
  program
    .command('synth')
    .usage('-- [options] [environments...]')
    .description('Writes the Terraform of environments, one root module for each stack, and says what is where.')
    .argument('[environments...]', "names or globs, such as h2o-prod or 'infrar-*'; all without any")
    .option('--hcl', 'write HCL instead of JSON; a stack that HCL cannot say is refused', false)
    .option('-o, --output <folder>', 'the folder to write to', DEFAULT_OUTPUT)
    .option('--locks <folder>', 'where the address locks lie', LOCKS)
    .addHelpText('after', HELP)
    .action(async (patterns: readonly string[], options: SynthOptions) => {
      exitCode = await synth(files, patterns, options, io);
    });
  program
    .command('record-volumes')
    .description(
      'Writes down the size and zone of data volumes, below which no later synthesis lets them go; run after a deployment.',
    )
    .action(async () => {
      exitCode = await recordVolumes(files, io);
    });
  addCommands(program, { files, io, finish: (code) => void (exitCode = code) });
  await program.parseAsync(args, { from: 'user' });
  return exitCode;
}

const HELP = `
Settings (environment variables):
  TERRACE_BACKEND=local   keep every state in a file here: to try an environment without its bucket
  TERRACE_DEBUG=1         show where an internal error comes from

Examples:
  npm run synth
  npm run synth -- h2o-prod 'infrar-*'
  TERRACE_BACKEND=local npm run synth -- h2o-dev

Exit code: 0 everything was written, 1 something was not, 2 the command was used wrongly.`;

async function synth(
  files: EnvironmentFiles,
  patterns: readonly string[],
  { hcl, output, locks }: SynthOptions,
  io: Io,
): Promise<number> {
  const started = performance.now();
  const outcome = await run({
    files,
    selected: selectNames(Object.keys(files), patterns),
    outdir: output,
    format: formatOf(hcl, io.env),
    backend: backendOverride(io.env.TERRACE_BACKEND),
    progress: io.stderr,
    removeGone: true,
    inspect: inspectOutput(locks),
    providerLocks: PROVIDER_LOCKS,
  });
  const { groups, failed, removals, environments } = outcome;
  for (const group of groups) io.stdout.write(`${reportGroup(group, output)}\n\n`);
  if (groups.length > 0) io.stdout.write(`${reportTotals(groups, removals, (performance.now() - started) / 1000)}\n`);
  for (const { report } of failed) io.stderr.write(`\n${report}\n`);
  const missing = failed.map(({ name }) => name).filter((name) => name in files);
  if (missing.length > 0)
    io.stderr.write(`\nNot synthesised: ${missing.join(', ')}. Any earlier output of theirs is out of date.\n`);
  const [example] = environments;
  if (exitCodeOf(outcome) === 0 && example !== undefined)
    io.stdout.write(`\n${reportNextSteps(example, output, io.env.TERRACE_BACKEND === 'local')}\n`);
  return exitCodeOf(outcome);
}

function formatOf(hcl: boolean, { SYNTH_HCL_OUTPUT }: Io['env']): Format {
  return hcl || SYNTH_HCL_OUTPUT === 'true' || SYNTH_HCL_OUTPUT === '1' ? 'hcl' : 'json';
}

function exitCodeOf({ failed, groups }: RunOutcome): 0 | 1 {
  return failed.length > 0 || groups.some(({ refused }) => refused.length > 0) ? 1 : 0;
}
