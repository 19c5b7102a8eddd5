/** The commands beside `synth`. Each is loaded only when it is run, so that none makes another slower. */
import { Argument, Option, type Command } from 'commander';
import { addDelivery } from './delivery/command';
import type { GuardOptions } from './guard/command';
import { LOCKS } from './addresses/lock-file';
import type { LockOptions } from './addresses/command';
import type { ManifestsOptions } from './manifests/command';
import { addProviderLocks } from './provider-locks/command';
import type { PolicyOptions } from './policy/command';
import type { Io } from '../cli/io';
import type { EnvironmentFiles } from '../synthesis/load';
import { addTryout } from './tryout/command';

/** What a command is given, and whom it tells its exit code. */
export interface CommandContext {
  readonly files: EnvironmentFiles;
  readonly io: Io;
  readonly finish: (exitCode: number) => void;
}

/** Adds every command to the command line. */
export function addCommands(program: Command, context: CommandContext): void {
  addGuard(program, context);
  addLock(program, context);
  addManifests(program, context);
  addPolicy(program, context);
  addTryout(program, context);
  addDelivery(program, context);
  addProviderLocks(program, context);
}

const ENVIRONMENTS = new Argument('[environments...]', 'names or globs; all without any');

function addGuard(program: Command, { io, finish }: CommandContext): void {
  program
    .command('guard')
    .usage('-- [options] <plan.json...>')
    .description(
      'Judges plans: fails when one deletes or replaces what holds data, replaces the network, or opens something to the public.',
    )
    .argument(
      '<plans...>',
      'what `terraform show -json` wrote, called <stack>.json or lying in stacks/<stack>; - is standard input',
    )
    .option('--allow <file>', 'the reviewed exceptions (default: guard-allow.yaml, where there is one)')
    .option('--stack <id>', 'the stack that the one plan is of, where its name does not say it')
    .addOption(new Option('--format <format>', 'how to tell').choices(['text', 'markdown', 'json']).default('text'))
    .addHelpText('after', '\nExit code: 0 all may be applied, 1 one is refused, 2 one cannot be judged. More: docs/guard.md')
    .action(async (plans: readonly string[], options: GuardOptions) => {
      const { guard } = await import('./guard/command.ts');
      finish(guard(plans, options, io));
    });
}

function addLock(program: Command, { files, io, finish }: CommandContext): void {
  program
    .command('lock')
    .usage('-- [options] [environments...]')
    .description('Writes down the addresses of what must not be lost, and shows what has changed since.')
    .addArgument(ENVIRONMENTS)
    .option('--check', 'write nothing, and fail when something has changed', false)
    .option('--locks <folder>', 'where the address locks lie', LOCKS)
    .addHelpText('after', '\nMore: docs/lock.md')
    .action(async (patterns: readonly string[], options: LockOptions) => {
      const { lock } = await import('./addresses/command.ts');
      finish(await lock(files, patterns, options, io));
    });
}

function addManifests(program: Command, { files, io, finish }: CommandContext): void {
  program
    .command('manifests')
    .usage('-- [options] [environments...]')
    .description(
      'Writes what workloads would apply to Kubernetes as plain YAML; ${NAMES} stand for what only a deployment knows.',
    )
    .addArgument(new Argument('[environments...]', 'names or globs; all of the Kubernetes tier without any'))
    .option('--stdout', 'write to standard output instead of files', false)
    .option('-o, --output <folder>', 'the folder to write below', 'cdktf.out')
    .addHelpText('after', '\nMore: docs/workloads.md')
    .action(async (patterns: readonly string[], options: ManifestsOptions) => {
      const { writeManifests } = await import('./manifests/command.ts');
      finish(await writeManifests(files, patterns, options, io));
    });
}

function addPolicy(program: Command, { files, io, finish }: CommandContext): void {
  program
    .command('policy')
    .usage('-- [options] [environments...]')
    .description("Holds the synthesised Terraform against checkov's policies and our own; fails on what no exception explains.")
    .addArgument(ENVIRONMENTS)
    .option('--from <folder>', 'judge what was synthesised there, instead of synthesising now')
    .option('--own', 'only our own rules, which need no Python', false)
    .option('--readme', 'write the figures into README.md and the exceptions into docs/policy.md', false)
    .addOption(new Option('--format <format>', 'how to tell').choices(['text', 'markdown', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExit code: 0 nothing is unexplained, 1 something is, 2 used wrongly, 3 checkov cannot be had. More: docs/policy.md',
    )
    .action(async (patterns: readonly string[], options: PolicyOptions) => {
      const { policy } = await import('./policy/command.ts');
      finish(await policy(files, patterns, options, io));
    });
}
