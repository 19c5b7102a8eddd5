/** The command line: parses arguments, runs one command, and turns what it throws into a message and an exit code. */
import { Command as Parser, CommanderError } from 'commander';
import type { Command, EnvironmentFiles } from './command';
import { CommandError, describeFault, Unavailable } from './errors';
import { visible } from '../config/problems/problem';
import { plainWhereAsked, type Io } from './io';

export interface ProgramOptions {
  readonly commands: readonly Command[];
  readonly files: EnvironmentFiles;
  /** The command's name, then its arguments. */
  readonly args: readonly string[];
  /** @default the process */
  readonly io?: Io;
}

/**
 * Runs a command and never throws.
 * @returns the exit code: the command's own; 1 for an error, 2 for wrong usage, 3 for something that this machine lacks
 */
export async function runProgram({ commands, files, args, io: given = process }: ProgramOptions): Promise<number> {
  const io = plainWhereAsked(given);
  let exitCode = 0;
  const program = new Parser('npm run')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(visibleLines(text)) })
    .configureHelp({
      commandUsage: (command) =>
        command.parent === null
          ? 'npm run <command> -- [options]'
          : `npm run ${pathOf(command)}${command.usage().replace(/^-- /, '')}`,
      // A switch is off unless it is given.
      optionDescription: ({ description, defaultValue, argChoices }) =>
        [
          description,
          ...(argChoices === undefined ? [] : [`(one of ${argChoices.join(', ')})`]),
          ...defaultOf(defaultValue),
        ].join(' '),
    })
    .showHelpAfterError('(the commands: npm run synth -- --help, and so on)');
  for (const { name, usage, summary, help, register } of commands) {
    const parser = program.command(name).usage(usage).description(summary).addHelpText('after', `\n${help}`);
    register(parser, async (work) => void (exitCode = await work({ files, io })));
    for (const each of [parser, ...parser.commands]) each.showHelpAfterError(`(npm run ${pathOf(each)}--help shows the usage)`);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.stderr.write(`${messageOf(error, args[0] ?? '')}\n`);
    if (error instanceof Unavailable) return 3;
    return error instanceof CommandError ? error.exitCode : 1;
  }
}

/** What a person typed may hold control characters. */
function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** `lock -- `, and of a step `delivery -- plan `: npm takes everything before `--` for itself. */
function pathOf(command: Parser): string {
  const { parent } = command;
  return parent?.parent ? `${parent.name()} -- ${command.name()} ` : `${command.name()} -- `;
}

function defaultOf(value: unknown): readonly string[] {
  return typeof value === 'string' && value !== '' ? [`(default: ${value})`] : [];
}

function messageOf(error: unknown, command: string): string {
  if (error instanceof CommandError) return error.message;
  return error instanceof Unavailable ? `${command}: unavailable on this machine: ${error.message}` : describeFault(error);
}
