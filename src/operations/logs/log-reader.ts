/** Reads a log group again and again, and returns each line once. */
import { isAwsError } from '../../aws/errors';
import type { AwsClients } from '../../aws/clients';

/** Streams of one log group. */
export interface LogSource {
  readonly group: string;
  /** What the names of its streams begin with. @default all streams */
  readonly streamPrefix?: string;
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly stream: string;
  readonly message: string;
}

export interface LogReaderOptions {
  /** Milliseconds since 1970: what is older is left out. */
  readonly since: number;
  /** A filter pattern of CloudWatch Logs. @default every line */
  readonly filter?: string;
}

/** Lines are stored some seconds after their own time, and not in its order: this much is read again. */
const OVERLAP_MILLIS = 30_000;

/** The lines of one source, from a time on. */
export class LogReader {
  private newest?: number;
  /** Id to time of the lines that the next look may see again. */
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly aws: AwsClients,
    private readonly source: LogSource,
    private readonly options: LogReaderOptions,
  ) {}

  /** The lines that have come since the last call, by their time. None of a log group that does not exist. */
  public async next(): Promise<readonly LogEvent[]> {
    const from = this.from();
    const found = await this.read(from);
    for (const [id, time] of this.seen) if (time < from) this.seen.delete(id);
    return found.sort((one, other) => one.timestamp - other.timestamp);
  }

  private from(): number {
    const { since } = this.options;
    return this.newest === undefined ? since : Math.max(since, Math.min(this.newest, Date.now()) - OVERLAP_MILLIS);
  }

  private async read(startTime: number): Promise<LogEvent[]> {
    const { group, streamPrefix } = this.source;
    const logs = await this.aws.cloudWatchLogs();
    const found: LogEvent[] = [];
    let nextToken: string | undefined;
    do {
      const query = { logGroupName: group, logStreamNamePrefix: streamPrefix, filterPattern: this.options.filter };
      try {
        const answer = await logs.filterLogEvents({ ...query, startTime, nextToken });
        for (const { eventId = '', timestamp = 0, logStreamName: stream = '', message = '' } of answer.events ?? []) {
          if (this.seen.has(eventId)) continue;
          this.seen.set(eventId, timestamp);
          this.newest = Math.max(this.newest ?? 0, timestamp);
          found.push({ timestamp, stream, message: message.replace(/\r?\n$/, '') });
        }
        nextToken = answer.nextToken;
      } catch (error) {
        if (isAwsError(error, 'ResourceNotFoundException')) return found;
        throw error;
      }
    } while (nextToken !== undefined);
    return found;
  }
}
