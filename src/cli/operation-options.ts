/** The options that every command on a deployed environment has, and the question that it asks before it changes something. */
import { InvalidArgumentError, Option, type Command as Parser } from 'commander';
import { CommandError } from './errors';
import type { Io } from './io';

export interface OperationOptions {
  /** Says what would be done, and changes nothing. */
  readonly dryRun: boolean;
  /** Prints the result as JSON on standard output; progress stays on standard error. */
  readonly json: boolean;
  /** Does not ask. */
  readonly yes: boolean;
  /** The address of an emulator of AWS. */
  readonly endpoint?: string;
}

/** For a command that changes something. */
export function withOperationOptions(parser: Parser): Parser {
  return withCommonOptions(parser)
    .option('--dry-run', 'say what would be done, and change nothing', false)
    .option('--yes', 'do not ask before something is changed', false);
}

/** For a command that starts something and never asks. @param dryRun what `--dry-run` does */
export function withStartOptions(parser: Parser, dryRun: string): Parser {
  return withCommonOptions(parser).option('--dry-run', dryRun, false).addOption(accepted('--yes'));
}

/** For a command that only reads. */
export function withReadOptions(parser: Parser): Parser {
  return withCommonOptions(parser).addOption(accepted('--dry-run')).addOption(accepted('--yes'));
}

function withCommonOptions(parser: Parser): Parser {
  return parser
    .option('--json', 'print the result as JSON; progress goes to standard error', false)
    .addOption(new Option('--endpoint <url>', 'an emulator of AWS, such as http://localhost:4566').argParser(url));
}

/** Without effect: scripts may pass the same options to every command. */
function accepted(flag: string): Option {
  return new Option(flag).default(false).hideHelp();
}

function url(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new InvalidArgumentError('Allowed: an address that starts with http:// or https://.');
}

/**
 * Asks at a terminal, unless `--yes` answers.
 * @returns whether to go on
 * @throws CommandError without terminal and answer: exit code 2
 */
export async function confirmed(question: string, { yes }: Pick<OperationOptions, 'yes'>, io: Io): Promise<boolean> {
  if (yes) return true;
  needsTerminal(question, io);
  const { confirm } = await import('@inquirer/prompts');
  return answered(() => confirm({ message: question, default: false }, { output: process.stderr }), false);
}

/**
 * Asks for a name to be typed, before something is lost for good.
 * @returns whether the name was typed
 * @throws CommandError without terminal and answer: exit code 2
 */
export async function confirmedByName(
  question: string,
  name: string,
  { yes }: Pick<OperationOptions, 'yes'>,
  io: Io,
): Promise<boolean> {
  if (yes) return true;
  needsTerminal(question, io);
  const { input } = await import('@inquirer/prompts');
  const message = `${question} Type ${name} to go on:`;
  return (await answered(() => input({ message }, { output: process.stderr }), '')) === name;
}

function needsTerminal(question: string, { stderr }: Io): void {
  if (stderr.isTTY !== true || !process.stdin.isTTY)
    throw new CommandError(`${question} There is no terminal to answer on: pass --yes, or --dry-run to only look`, 2);
}

/** @param otherwise the answer that Ctrl-C at the question gives */
async function answered<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') return otherwise;
    throw error;
  }
}
