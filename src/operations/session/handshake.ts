/** What the agent asks when a session begins, and what it is answered. Pure. */
import { z } from 'zod';

/**
 * The version of the Session Manager plugin whose protocol this is. Agents decide by it what they send: from 1.1.70 on several
 * connections share a session, and above 1.2.331 nothing but people keeps a session from ending when it is idle.
 */
export const CLIENT_VERSION = '1.2.707.0';

const SUCCESS = 1;
const FAILED = 2;
const UNSUPPORTED = 3;

const request = z.object({
  AgentVersion: z.string().default(''),
  RequestedClientActions: z.array(z.object({ ActionType: z.string(), ActionParameters: z.unknown() })).default([]),
});
const sessionType = z.object({ SessionType: z.string() });

const KNOWN_TYPES = ['Standard_Stream', 'InteractiveCommands', 'NonInteractiveCommands', 'Port'];

const NO_ENCRYPTION =
  'the preferences of Session Manager encrypt sessions with a KMS key, which Terrace cannot do\n  fix   use the AWS command line with its Session Manager plugin, or remove the key from the preferences';

export interface HandshakeAnswer {
  /** The payload of the answer. */
  readonly payload: Buffer;
  readonly agentVersion: string;
  /** Why the session cannot go on. */
  readonly refusal?: string;
}

interface Action {
  readonly ActionType: string;
  readonly ActionStatus: number;
  readonly ActionResult: null;
  readonly Error: string;
}

export function answerHandshake(payload: Buffer): HandshakeAnswer {
  const { AgentVersion: agentVersion, RequestedClientActions: actions } = request.parse(JSON.parse(payload.toString('utf8')));
  const processed = actions.map(({ ActionType: type, ActionParameters: parameters }) => processedAction(type, parameters));
  const errors = processed.flatMap(({ Error: error }) => (error === '' ? [] : [error]));
  const answer = { ClientVersion: CLIENT_VERSION, ProcessedClientActions: processed, Errors: errors };
  return { payload: Buffer.from(JSON.stringify(answer)), agentVersion, refusal: errors[0] };
}

function processedAction(type: string, parameters: unknown): Action {
  const action = (status: number, error = ''): Action => ({
    ActionType: type,
    ActionStatus: status,
    ActionResult: null,
    Error: error,
  });
  if (type === 'KMSEncryption') return action(FAILED, NO_ENCRYPTION);
  if (type !== 'SessionType') return action(UNSUPPORTED, `the agent asks for ${type}, which this version does not know`);
  const kind = sessionType.safeParse(parameters).data?.SessionType ?? '';
  return KNOWN_TYPES.includes(kind) ? action(SUCCESS) : action(FAILED, `the agent opens a session of the unknown type ${kind}`);
}
