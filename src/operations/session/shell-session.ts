/** A shell, or one command, in a session of Systems Manager. */
import { CommandError } from '../../cli/errors';
import { DataChannel, type DataChannelOptions, type SessionOffer } from './data-channel';
import type { ExitMarker } from './exit-marker';
import { PAYLOAD } from './message';
import { connectTerminal, isInteractive, type LocalTerminal } from './terminal';

export interface ShellSessionOptions extends Pick<DataChannelOptions, 'resume'> {
  readonly terminal: LocalTerminal;
  /** Of the command, where one was given. */
  readonly marker?: ExitMarker;
  /** Receives what happens. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** What a terminal sends when nothing more is typed. */
const END_OF_INPUT = Buffer.from([4]);

/** The size of a terminal that is none: so wide that no line is broken. */
const NO_TERMINAL = { columns: 500, rows: 50 } as const;

/**
 * @returns the exit code: of the command; of a shell 0
 * @throws CommandError when the session cannot be opened, or ends before its command
 */
export async function runShellSession(
  offer: SessionOffer,
  { terminal, marker, report, resume, signal }: ShellSessionOptions,
): Promise<number> {
  let exitCode: number | undefined;
  const show = (bytes: Buffer): void => void terminal.output.write(marker?.filter(bytes) ?? bytes);
  const channel = new DataChannel(offer, {
    resume,
    report,
    receive: (type, payload) => {
      if (type === PAYLOAD.output || type === PAYLOAD.standardError) show(payload);
      if (type === PAYLOAD.exitCode) exitCode = Number(payload.toString('utf8'));
    },
  });
  const stop = (): void => channel.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await channel.opened;
    if (!isInteractive(terminal)) channel.resize(NO_TERMINAL.columns, NO_TERMINAL.rows);
    await Promise.race([marker?.begun, channel.closed]);
    const disconnect = connectTerminal(terminal, {
      write: (bytes) => channel.write(bytes),
      resize: (columns, rows) => channel.resize(columns, rows),
      end: () => channel.write(END_OF_INPUT),
    });
    const reason = await channel.closed;
    disconnect();
    terminal.output.write(marker?.rest() ?? '');
    return endOf(exitCode ?? marker?.exitCode, marker !== undefined, reason);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function endOf(exitCode: number | undefined, isCommand: boolean, reason: string): number {
  if (exitCode !== undefined) return exitCode;
  if (isCommand)
    throw new CommandError(
      `the session ended before the command${reason === '' ? '' : `: ${reason}`}: its exit code is not known\n  fix   the container may have no /bin/sh, or was stopped`,
    );
  if (reason !== '') throw new CommandError(`the session has ended: ${reason}`);
  return 0;
}
