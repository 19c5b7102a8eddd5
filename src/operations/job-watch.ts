/** What the runners of every tier do while a job runs: show its lines, look whether it has ended, and get over outages. */
import { explainAws, isNetworkError } from '../aws/errors';
import { pause, type WaitOptions } from '../aws/waiting';

/** Seconds between two looks at a run. */
export const POLLING_SECONDS = 3;

/** The network may be away this long: the run goes on without whoever watches it. */
const OUTAGE_SECONDS = 300;

export interface JobWatch<T> {
  /** As an error says it: `watching the job migrate`. */
  readonly doing: string;
  /** @returns undefined while it runs */
  readonly look: () => Promise<T | undefined>;
  /** Shows the lines that have come since the last call. */
  readonly show: () => Promise<void>;
  readonly report: (line: string) => void;
  /** @default POLLING_SECONDS */
  readonly everySeconds?: number;
  readonly signal?: WaitOptions['signal'];
}

/**
 * Waits for the end of a run. A run has its own time limit, so this has none.
 * @throws Interrupted; CommandError when AWS refuses, or cannot be reached for five minutes
 */
export async function watchJob<T>({
  doing,
  look,
  show,
  report,
  everySeconds = POLLING_SECONDS,
  signal,
}: JobWatch<T>): Promise<T> {
  let outageSince: number | undefined;
  let ended: T | undefined;
  while (ended === undefined) {
    try {
      ended = await look();
      await show();
      outageSince = undefined;
    } catch (error) {
      if (!isNetworkError(error)) throw explainAws(error, doing);
      if (outageSince === undefined) report('AWS cannot be reached: the run goes on, and this tries again');
      outageSince ??= performance.now();
      if (performance.now() - outageSince > OUTAGE_SECONDS * 1000) throw explainAws(error, doing);
    }
    if (ended === undefined) await pause(everySeconds, signal);
  }
  // Lines reach CloudWatch Logs some seconds after they were written.
  for (let round = 0; round < 2; round += 1) {
    await pause(everySeconds, signal);
    await show().catch((error: unknown) => report(explainAws(error, 'reading the log').message));
  }
  return ended;
}
