/** Asks a person at a terminal. */
import type * as inquirer from '@inquirer/prompts';
import type { Io } from '../../cli/io';
import { CommandError } from '../../cli/errors';
import { refusalOf, SYSTEM_SCHEMA, type Question } from './questions';
import { TIERS } from './answers';
import { listOf, type Given } from './texts';

/** The prompts that are used; tests answer them without a terminal. */
export type Prompts = Pick<typeof inquirer, 'input' | 'select'>;

/** Whether a person can be asked: both ends are a terminal, and nothing reads the output. */
export function canAsk({ stdout, stderr }: Io): boolean {
  return process.stdin.isTTY && stdout.isTTY === true && stderr.isTTY === true;
}

export async function askSystem(prompts: Prompts): Promise<string> {
  return stoppable(
    prompts.input({
      message: 'name of the system',
      required: true,
      validate: (text) => refusalOf(SYSTEM_SCHEMA, text.trim()) ?? true,
    }),
  );
}

/** Asks one question; its default is one key away. */
export async function ask(prompts: Prompts, system: string, question: Question, earlier: Given): Promise<string> {
  const { text, choices, isOpen = false, schema } = question;
  const proposed = question.defaultOf(system, earlier);
  if (choices === undefined)
    return stoppable(
      prompts.input({ message: text, default: proposed, validate: (answer) => refusalOf(schema, answer.trim()) ?? true }),
    );
  const names = listOf(earlier.environments);
  if (isOpen && names.length > 1) return askEach(prompts, names, proposed);
  return stoppable(prompts.select({ message: text, choices: choices.map((value) => ({ value })), default: proposed }));
}

/** The tier of each environment. */
async function askEach(prompts: Prompts, names: readonly string[], proposed: string): Promise<string> {
  const pairs: string[] = [];
  for (const name of names) {
    const choices = TIERS.map((value: string) => ({ value }));
    pairs.push(
      `${name}=${await stoppable(prompts.select({ message: `what runs the containers of ${name}`, choices, default: proposed }))}`,
    );
  }
  return pairs.join(',');
}

/** The answer; Ctrl-C ends the command. */
async function stoppable(answer: Promise<string>): Promise<string> {
  try {
    return (await answer).trim();
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') throw new CommandError('Stopped: nothing was written.');
    throw error;
  }
}
