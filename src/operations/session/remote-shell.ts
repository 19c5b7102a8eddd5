/** A shell or a command in a session that Systems Manager or ECS has opened, from its start to its end. */
import { randomBytes } from 'node:crypto';
import type { AwsClients } from '../../aws/clients';
import type { ShellRequest } from '../shell-request';
import type { SessionOffer } from './data-channel';
import { ExitMarker, shellWords } from './exit-marker';
import { runShellSession } from './shell-session';
import { endSession, resumer } from './systems-manager';
import { isInteractive } from './terminal';

export interface RemoteShell {
  readonly aws: AwsClients;
  readonly request: ShellRequest;
  /** Opens the session. @param line of a POSIX shell, where a command was given */
  readonly open: (line: string | undefined) => Promise<SessionOffer>;
  /** The command as a line of a POSIX shell. @default its words */
  readonly lineOf?: (command: readonly string[]) => string;
}

/** @returns the exit code */
export async function runRemoteShell({ aws, request, open, lineOf = shellWords }: RemoteShell): Promise<number> {
  const { command, terminal, report, signal } = request;
  const marker = command.length === 0 ? undefined : new ExitMarker(randomBytes(6).toString('hex'));
  const offer = await open(marker?.line(lineOf(command), isInteractive(terminal)));
  try {
    return await runShellSession(offer, { terminal, marker, report, resume: resumer(aws, offer), signal });
  } finally {
    await endSession(aws, offer);
  }
}
