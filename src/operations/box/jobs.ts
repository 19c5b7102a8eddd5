/** Jobs on the host of a box: its own command `terrace-job`, through Systems Manager. */
import type { ResolvedJob } from '../../config/resolved/environment';
import { watchJob } from '../job-watch';
import { jobOf, SKIPPED_EXIT_CODE, type JobRun, type JobRunner, type JobRunOptions } from '../job-runs';
import { LogReader } from '../logs/log-reader';
import type { Target } from '../target';
import { resultOnHost, scriptHostOf, sendToHost } from './host-command';

/** What a run needs besides its own time: it may first pull its image. */
const PREPARATION_SECONDS = 900;

/** Clocks of the host and of this machine may differ by this much. */
const CLOCK_MILLIS = 2000;

export class BoxJobs implements JobRunner {
  constructor(
    private readonly target: Target,
    /** Seconds between two looks at a run. */
    private readonly everySeconds?: number,
  ) {}

  /** With several hosts, on one of them: they are identical. */
  public async run(key: string, { image, report, signal, detach = false }: JobRunOptions): Promise<JobRun> {
    const { target, everySeconds } = this;
    const job = jobOf(target, key);
    const host = await scriptHostOf(target);
    const since = Date.now() - CLOCK_MILLIS;
    const sent = await sendToHost(target, host, lineOf(key, image), job.timeoutSeconds + PREPARATION_SECONDS);
    const id = sent.commandId;
    report(`started ${id} on ${host}`);
    if (detach) return { exitCode: 0, id };
    const log = new LogReader(target.aws, sourceOf(job), { since });
    let shown = 0;
    const show = async (): Promise<void> => {
      for (const { message } of await log.next()) {
        shown += 1;
        report(message);
      }
    };
    const doing = `watching the job ${key}`;
    const { exitCode, stdout, stderr } = await watchJob({
      doing,
      look: () => resultOnHost(target, sent),
      show,
      report,
      everySeconds,
      signal,
    });
    if (exitCode === SKIPPED_EXIT_CODE && stdout.includes(NOT_STARTED))
      return { exitCode, skipped: true, reason: 'another run is active', id };
    // Without any line in the log group the container has not run, or could not write there: the host's own journal says why.
    if (shown === 0) for (const line of linesOf(stdout)) report(line);
    for (const line of linesOf(stderr)) report(line);
    return { exitCode, id };
  }
}

/** It ends with the exit code of the job, and with 75 and this sentence where the job runs already. */
function lineOf(key: string, image: string | undefined): string {
  return `/usr/local/sbin/terrace-job ${key}${image === undefined ? '' : ` --image ${image}`}`;
}

const NOT_STARTED = 'nothing was started';

/** Docker names streams by the tag that the Compose file gives (src/tiers/box/host/compose.ts). */
function sourceOf({ key, logs }: ResolvedJob) {
  return { group: logs.group, streamPrefix: `${logs.streamPrefix}/${key}/` };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
