/** What a command is. Its description is cheap to load; the module that does the work is imported when the command runs. */
import { Argument, type Command as Parser } from 'commander';
import type { Io } from './io';

/** What the file of an environment exports: the description, and what its team adds to its stacks (docs/extending.md). */
export interface EnvironmentFile {
  readonly default: unknown;
  readonly extend?: unknown;
}

/** Every environment by name; each file is loaded when it is read, so that a broken one does not hide the others. */
export type EnvironmentFiles = Readonly<Record<string, () => Promise<EnvironmentFile>>>;

/** What a command works with. */
export interface CommandContext {
  readonly files: EnvironmentFiles;
  readonly io: Io;
}

/** Does a command's work. @returns the exit code */
export type Work = (context: CommandContext) => number | Promise<number>;

/** Described in `src/commands/<folder>/index.ts`, listed in `src/commands/index.ts`. */
export interface Command {
  /** The npm script that starts it. */
  readonly name: string;
  /** What follows `npm run <name>`. */
  readonly usage: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** Exit codes, examples and the page with more, printed below the options. */
  readonly help: string;
  /** Declares arguments and options, and passes the work of its action to `run`. */
  readonly register: (parser: Parser, run: (work: Work) => Promise<void>) => void;
}

/** Names and globs of environments, as most commands take them. */
export function environmentsArgument(description = 'names or globs; every environment by default'): Argument {
  return new Argument('[environments...]', description);
}
