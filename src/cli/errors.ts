/** Errors that are reported in one message, without a stack trace, and the exit code that each means. */

/** A mistake in what was asked for. */
export class CommandError extends Error {
  constructor(
    message: string,
    /** 1: something that was asked for is missing or wrong. 2: the command was used wrongly. */
    public readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}

/** A program, a package or a network connection that this machine lacks: exit code 3. */
export class Unavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Unavailable';
  }
}

/** The message of an unexpected error; with `TERRACE_DEBUG=1` its stack trace too. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env.TERRACE_DEBUG === '1') return error.stack ?? error.message;
  return `${error.message}\n  (set TERRACE_DEBUG=1 for the stack trace)`;
}
