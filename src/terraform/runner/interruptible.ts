/** Stops work in time when this process is asked to end, so that terraform can save its state. */

/** What is said at the first signal, and at each one after it. */
export interface InterruptionTexts {
  readonly first: string;
  readonly later: string;
}

const TERRAFORM: InterruptionTexts = {
  first: 'terraform finishes what it is doing, saves its state and stops',
  later: 'still waiting for terraform, which saves its state and releases its lock',
};

/**
 * Does work that SIGINT and SIGTERM interrupt: the signal that it receives is aborted, and this process waits until the work
 * has ended. Only the first of them counts. Terraform gives up without saving its state at the second, and a cancelled
 * GitHub job sends both.
 * @param report receives what happens
 * @param texts by default those of a run of terraform
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  report: (text: string) => void,
  texts = TERRAFORM,
): Promise<T> {
  const controller = new AbortController();
  const interrupt = (name: NodeJS.Signals): void => {
    report(`${name}: ${controller.signal.aborted ? texts.later : texts.first}`);
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}
