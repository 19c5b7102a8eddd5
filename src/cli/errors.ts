/** Errors that are reported in one message, without a stack trace, and the exit code that each means. */
import { isNativeError } from 'node:util/types';
import { placeOfError } from './error-place';

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

/** The name of the error that a bundle throws in place of a file that does not compile (scripts/build.mjs). */
const DOES_NOT_COMPILE = 'DoesNotCompile';

/** The message of an unexpected error, with file and line where they are known; with `TERRACE_DEBUG=1` its stack trace instead. */
export function describeFault(error: unknown): string {
  if (!isNativeError(error)) return `something that is no error was thrown: ${String(error).slice(0, 200)}`;
  if (error instanceof CommandError || error.name === DOES_NOT_COMPILE) return error.message;
  if (process.env.TERRACE_DEBUG === '1') return error.stack ?? error.message;
  const place = placeOfError(error);
  const kind = error.name === 'Error' || error.message.startsWith(error.name) ? '' : `${error.name}: `;
  return [
    `${kind}${error.message}${place === undefined ? '' : `  (${place})`}`,
    '  (set TERRACE_DEBUG=1 for the stack trace)',
  ].join('\n');
}
