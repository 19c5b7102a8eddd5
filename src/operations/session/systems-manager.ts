/** The calls of Systems Manager that sessions need. */
import type { StartSessionCommandInput } from '@aws-sdk/client-ssm';
import type { AwsClients } from '../../aws/clients';
import { explained, explainAws, isAwsError } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { SessionOffer } from './data-channel';

/** @throws CommandError when the target cannot be reached */
export async function startSession(aws: AwsClients, input: StartSessionCommandInput): Promise<SessionOffer> {
  const ssm = await aws.ssm();
  try {
    const { SessionId: sessionId = '', StreamUrl: streamUrl = '', TokenValue: tokenValue = '' } = await ssm.startSession(input);
    return { sessionId, streamUrl, tokenValue };
  } catch (error) {
    if (isAwsError(error, 'TargetNotConnected'))
      throw new CommandError(
        `${input.Target} is not connected to Systems Manager\n  fix   its agent needs about a minute after the start, and a way to ssmmessages: NAT or an interface endpoint`,
      );
    throw explainAws(error, `opening a session to ${input.Target}`);
  }
}

/** For a websocket that broke. @returns a new token; undefined when the session is over */
export function resumer(aws: AwsClients, { sessionId }: SessionOffer): () => Promise<string | undefined> {
  return async () => {
    const ssm = await aws.ssm();
    try {
      return (await ssm.resumeSession({ SessionId: sessionId })).TokenValue;
    } catch (error) {
      if (isAwsError(error, 'DoesNotExistException')) return undefined;
      throw error;
    }
  };
}

/** Ends a session also where its agent was not told; one that has ended is none to end. */
export async function endSession(aws: AwsClients, { sessionId }: SessionOffer): Promise<void> {
  const ssm = await aws.ssm();
  await explained('ending the session', () => ssm.terminateSession({ SessionId: sessionId })).catch(() => undefined);
}
