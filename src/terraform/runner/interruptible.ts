/** Stops terraform in time to save its state when this process is asked to end. */

/**
 * Does work that SIGINT and SIGTERM interrupt: the signal that it receives is aborted, and this process waits until the work
 * has ended. Only the first of them counts. Terraform gives up without saving its state at the second, and a cancelled
 * GitHub job sends both.
 * @param report receives what happens
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, report: (text: string) => void): Promise<T> {
  const controller = new AbortController();
  const interrupt = (name: NodeJS.Signals): void => {
    report(
      controller.signal.aborted
        ? `${name}: still waiting for terraform, which saves its state and releases its lock`
        : `${name}: terraform finishes what it is doing, saves its state and stops`,
    );
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}
