/** Ctrl-C for commands that only watch: the first ends the watching, and what is watched goes on. */

/**
 * Does work that SIGINT and SIGTERM end: the signal that it receives is aborted. At the second the process ends at once.
 * @returns what the work returns
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => {
    // Without a listener the next one ends the process.
    stop();
    controller.abort();
  };
  const stop = (): void => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    stop();
  }
}
