/** Shows lines of logs on standard output. */
import { styleText } from 'node:util';
import { Interrupted } from '../../aws/waiting';
import type { CommandContext } from '../../cli/command';
import { untilInterrupted } from '../../cli/interruption';
import { filterPattern, showLogs, type LogLine } from '../../operations/logs/merged-logs';
import { logSources } from '../../operations/logs/sources';
import { loadTarget } from '../../operations/target';

export interface LogsOptions {
  readonly since: string;
  readonly follow: boolean;
  readonly grep?: string;
  readonly json: boolean;
  readonly endpoint?: string;
  readonly output: string;
}

const UNIT_MILLIS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns the exit code */
export async function showLogsOf(
  context: CommandContext,
  environment: string,
  names: readonly string[],
  { since, follow, grep, json, endpoint, output }: LogsOptions,
): Promise<number> {
  const { io } = context;
  const target = await loadTarget(context, environment, { endpoint, output });
  const sources = await logSources(target, names);
  const write = json ? jsonLine : textLines(io.stdout.isTTY === true);
  const options = {
    since: timeOf(since),
    filter: grep === undefined ? undefined : filterPattern(grep),
    follow,
    show: (line: LogLine): void => void io.stdout.write(`${write(line)}\n`),
    report: (line: string): void => void io.stderr.write(`${line}\n`),
  };
  try {
    const shown = await untilInterrupted((signal) => showLogs(target, sources, { ...options, signal }));
    if (shown === 0) options.report(`no lines since ${new Date(options.since).toISOString()}; --since 1d looks further back`);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
  return 0;
}

/** Milliseconds since 1970. @param text checked already */
export function timeOf(text: string, now = Date.now()): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return count === undefined ? Date.parse(text) : now - Number(count) * (UNIT_MILLIS[unit] ?? 0);
}

const jsonLine = (line: LogLine): string => JSON.stringify(line);

const COLOURS = ['cyan', 'green', 'magenta', 'yellow', 'blue'] as const;

/** Each container in a colour of its own at a terminal. */
function textLines(isTerminal: boolean): (line: LogLine) => string {
  const colours = new Map<string, (typeof COLOURS)[number]>();
  return ({ time, container, instance, message }) => {
    const prefix = `${time} ${container}${instance === '' ? '' : `/${instance}`}`;
    if (!isTerminal) return `${prefix} ${message}`;
    const colour = colours.get(container) ?? COLOURS[colours.size % COLOURS.length] ?? 'cyan';
    colours.set(container, colour);
    return `${styleText(colour, prefix)} ${message}`;
  };
}
