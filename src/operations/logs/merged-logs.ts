/** The lines of several sources, in the order of their times. */
import { explainAws, isNetworkError } from '../../aws/errors';
import { pause } from '../../aws/waiting';
import type { Target } from '../target';
import { LogReader, type LogEvent, type LogReaderOptions } from './log-reader';
import type { NamedSource } from './sources';

export interface LogLine {
  readonly time: string;
  /** The name of the source; of a sidecar `api/proxy`. */
  readonly container: string;
  /** Which of several: the beginning of the id of a task or container, the end of the name of a pod. */
  readonly instance: string;
  readonly group: string;
  readonly stream: string;
  readonly message: string;
}

export interface FollowOptions extends LogReaderOptions {
  /** Whether to go on until it is aborted. */
  readonly follow: boolean;
  readonly show: (line: LogLine) => void;
  /** Receives what happens. */
  readonly report: (line: string) => void;
  /** Seconds between two looks. @default by the number of sources */
  readonly everySeconds?: number;
  readonly signal?: AbortSignal;
}

/** CloudWatch Logs answers five calls a second of an account in most regions, and others read too. */
const CALLS_A_SECOND = 3;
const SHORTEST_SECONDS = 2;

/**
 * Shows lines from a time on, and with `follow` those that come.
 * @returns how many lines were shown
 * @throws Interrupted when it is aborted; CommandError when AWS refuses
 */
export async function showLogs(
  { aws }: Pick<Target, 'aws'>,
  sources: readonly NamedSource[],
  { follow, show, report, signal, everySeconds, ...options }: FollowOptions,
): Promise<number> {
  const readers = sources.map((source) => ({ source, reader: new LogReader(aws, source, options) }));
  const pauseSeconds = everySeconds ?? Math.max(SHORTEST_SECONDS, sources.length / CALLS_A_SECOND);
  let shown = 0;
  let isAway = false;
  for (;;) {
    try {
      const lines = await Promise.all(
        readers.map(async ({ source, reader }) =>
          (await reader.next()).map((event) => ({ at: event.timestamp, line: lineOf(source, event) })),
        ),
      );
      for (const { line } of lines.flat().sort((one, other) => one.at - other.at)) {
        show(line);
        shown += 1;
      }
      isAway = false;
    } catch (error) {
      if (!follow || !isNetworkError(error)) throw explainAws(error, 'reading logs');
      if (!isAway) report('AWS cannot be reached: this tries again');
      isAway = true;
    }
    if (!follow) return shown;
    await pause(pauseSeconds, signal);
  }
}

/** Streams are `<prefix>/<container>/<id>`, and on Kubernetes `<prefix>.<container>.<pod>`. */
function lineOf({ name, group, streamPrefix }: NamedSource, { timestamp, stream, message }: LogEvent): LogLine {
  const time = new Date(timestamp).toISOString();
  if (streamPrefix === undefined) return { time, container: name, instance: stream, group, stream, message };
  const separator = streamPrefix.slice(-1);
  const [container = name, ...rest] = stream.slice(streamPrefix.length).split(separator);
  const id = rest.join(separator);
  const instance = separator === '.' ? id.slice(-5) : id.slice(0, 8);
  return { time, container: container === name ? name : `${name}/${container}`, instance, group, stream, message };
}

/** A filter of CloudWatch Logs for lines that contain a text; a pattern of theirs is left as it is. */
export function filterPattern(text: string): string {
  return /^[{[%"?]/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
