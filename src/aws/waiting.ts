/** Waiting for something to happen, which can be interrupted. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Seconds between two looks. */
  readonly everySeconds: number;
  /** Seconds after which it is given up. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

/** The time is over. */
export class TimedOut extends Error {
  constructor(public readonly seconds: number) {
    super(`not within ${seconds} seconds`);
    this.name = 'TimedOut';
  }
}

/** A person has stopped the command. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/**
 * Looks until there is an answer.
 * @param look undefined: not yet
 * @throws TimedOut, Interrupted, and what `look` throws
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined>,
  { everySeconds, timeoutSeconds, signal }: WaitOptions,
): Promise<T> {
  const end = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    if (signal?.aborted === true) throw new Interrupted();
    const answer = await look();
    if (answer !== undefined) return answer;
    if (performance.now() + everySeconds * 1000 > end) throw new TimedOut(timeoutSeconds);
    await pause(everySeconds, signal);
  }
}

/** @throws Interrupted */
export async function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(seconds * 1000, undefined, { signal });
  } catch {
    throw new Interrupted();
  }
}
