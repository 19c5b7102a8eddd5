/** The end of the process: whatever ends it, the exit code and one message say so. */
import { describeFault } from './errors';
import type { TextSink } from './io';

/** The part of `process` that is used. */
export interface EndingProcess {
  readonly stdout: TextSink & { on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown };
  readonly stderr: TextSink & { on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown };
  exitCode?: number | string | null;
  on(event: 'exit', listener: () => void): unknown;
  on(event: 'unhandledRejection' | 'uncaughtException', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

/**
 * Watches over the process while the program runs.
 *
 * - A reader that stops early, such as `head`, is no error: what follows is not printed.
 * - An output that cannot be written, such as a full disk, is reported once, with exit code 1.
 * - An error that nobody waits for is reported in words, with exit code 1.
 * - An end before the program is done, such as `process.exit(0)` in a file that it imports, is reported, with exit code 1.
 *
 * @returns to be called with the program's exit code when it is done
 */
export function superviseEnd(process: EndingProcess): (exitCode: number) => void {
  let isDone = false;
  let isUnwritable = false;
  const failed = (message: string): void => {
    process.exitCode = 1;
    process.stderr.write(`${message}\n`);
  };
  process.stdout.on('error', (error) => {
    if (error.code === 'EPIPE' || isUnwritable) return;
    isUnwritable = true;
    failed(`standard output cannot be written: ${error.message}`);
  });
  // Nothing is left to say it with.
  process.stderr.on('error', (error) => {
    if (error.code !== 'EPIPE') isUnwritable = true;
  });
  for (const event of ['unhandledRejection', 'uncaughtException'] as const)
    process.on(event, (error) => {
      isDone = true;
      failed(describeFault(error));
      process.exit(1);
    });
  process.on('exit', () => {
    if (isUnwritable) process.exitCode = 1;
    if (isDone) return;
    failed('the program ended before it was done: something that it loads calls process.exit, or waits for what never comes');
  });
  return (exitCode) => {
    isDone = true;
    process.exitCode = isUnwritable ? 1 : exitCode;
  };
}
